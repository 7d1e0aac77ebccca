package dev.camelfeishu.sandbox.application;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import dev.camelfeishu.sandbox.push.Webhook;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.core.io.ClassPathResource;

/**
 * The app's scopes and description, its tenant, and the ticket of its web pages.
 *
 * <p>The app has asked for every scope of the catalog; what it has not been granted is the setting
 * {@code feishu.sandbox.denied-scopes}. Its one version is published, for everybody, and subscribed to every event and callback
 * but {@code feishu.sandbox.unsubscribed}. Not documented, and so chosen: {@code callback_info}, as the platform answers it;
 * asking for the same missing scopes again is 212004; a
 * ticket is renewed in the last half hour of its life.
 */
public final class ApplicationApi implements Api {
    private static final String VERSION = "oav_5a1d0000000000000000000000000001";
    private static final Set<String> CALLBACKS =
            new TreeSet<>(Set.of("card.action.trigger", "url.preview.get", "profile.view.get"));
    private static final long TICKET_MS = Duration.ofHours(2).toMillis();
    private static final long RENEWAL_MS = Duration.ofMinutes(30).toMillis();

    private final SandboxDatabase database;
    private final SandboxProperties properties;
    private final Webhook webhook;
    private final Set<String> scopes;
    private final Set<String> events;

    public ApplicationApi(SandboxDatabase database, SandboxProperties properties, Webhook webhook) {
        this.database = database;
        this.properties = properties;
        this.webhook = webhook;
        this.scopes = catalogued();
        this.events = types();
    }

    private static Set<String> types() {
        Set<String> types = new TreeSet<>();
        read("events").forEach(event -> types.add(event.path("type").asText()));
        types.removeAll(CALLBACKS);
        return types;
    }

    private static JsonNode read(String catalog) {
        try (InputStream in = new ClassPathResource("feishu/" + catalog + ".json").getInputStream()) {
            return Json.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the catalog of " + catalog + " cannot be read", e);
        }
    }

    private static Set<String> catalogued() {
        Set<String> scopes = new TreeSet<>();
        for (String catalog : List.of("endpoints", "events")) {
            for (JsonNode entry : read(catalog)) {
                entry.path("scopes_any_of").forEach(scope -> scopes.add(scope.asText()));
                entry.path("field_scopes").forEach(scope -> scopes.add(scope.asText()));
            }
        }
        return scopes;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/open-apis/application/v6/scopes", call -> scopes());
        routes.on("POST", "/open-apis/application/v6/scopes/apply", call -> apply());
        routes.on("GET", "/open-apis/application/v6/applications/:app_id", this::application);
        routes.on("GET", "/open-apis/application/v6/applications/:app_id/app_versions/:version_id", this::version);
        routes.on("GET", "/open-apis/tenant/v2/tenant/query", call -> tenant());
        routes.on("POST", "/open-apis/jssdk/ticket/get", call -> ticket());
    }

    private Answer scopes() {
        ObjectNode data = Json.object();
        ArrayNode list = data.putArray("scopes");
        scopes.forEach(scope -> list.addObject()
                .put("scope_name", scope)
                .put("grant_status", properties.deniedScopes().contains(scope) ? 2 : 1)
                .put("scope_type", "tenant"));
        return Answer.ok(data);
    }

    private Answer apply() {
        if (properties.deniedScopes().isEmpty()) {
            throw new Denial(212002);
        }
        int added = database.jdbc()
                .update(
                        "insert into sandbox.scope_request (scopes, created_ms) values (?, ?) on conflict do nothing",
                        String.join(" ", new TreeSet<>(properties.deniedScopes())),
                        System.currentTimeMillis());
        if (added == 0) {
            throw new Denial(212004);
        }
        return Answer.ok(Json.object());
    }

    private Answer application(Call call) {
        checkApp(call);
        ObjectNode data = Json.object();
        ObjectNode app = data.putObject("app")
                .put("app_id", properties.appId())
                .put("app_name", SandboxProperties.BOT_NAME)
                .put("description", "")
                .put("avatar_url", "")
                .put("status", 1)
                .put("scene_type", 0)
                .put("primary_language", "zh_cn")
                .put("online_version_id", VERSION);
        ArrayNode granted = app.putArray("scopes");
        scopes.stream()
                .filter(scope -> !properties.deniedScopes().contains(scope))
                .forEach(scope -> granted.addObject().put("scope", scope).put("description", ""));
        ArrayNode callbacks = app.putObject("callback_info")
                .put("callback_type", "webhook")
                .put("request_url", webhook.url() + "/card")
                .putArray("subscribed_callbacks");
        CALLBACKS.stream()
                .filter(type -> !properties.unsubscribed().contains(type))
                .forEach(callbacks::add);
        return Answer.ok(data);
    }

    private Answer version(Call call) {
        checkApp(call);
        if (!call.variable("version_id").equals(VERSION)) {
            throw new Denial(211002);
        }
        ObjectNode data = Json.object();
        ObjectNode version = data.putObject("app_version")
                .put("app_id", properties.appId())
                .put("version", "1.0.0")
                .put("version_id", VERSION)
                .put("app_name", SandboxProperties.BOT_NAME)
                .put("status", 1);
        ArrayNode subscribed = version.putArray("event_infos");
        events.stream()
                .filter(type -> !properties.unsubscribed().contains(type))
                .forEach(type -> subscribed.addObject().put("event_type", type));
        version.putObject("remark").putObject("visibility").put("is_all", true);
        return Answer.ok(data);
    }

    private void checkApp(Call call) {
        String id = call.variable("app_id");
        if (!id.equals("me") && !id.equals(properties.appId())) {
            throw new Denial(id.startsWith("cli_") ? 210504 : 210503);
        }
        if (!Set.of("zh_cn", "en_us", "ja_jp").contains(call.query("lang", ""))) {
            throw new Denial(210503, "lang is zh_cn, en_us or ja_jp");
        }
    }

    private static Answer tenant() {
        ObjectNode data = Json.object();
        data.putObject("tenant")
                .put("name", "沙盒 Sandbox")
                .put("display_id", "F000000001")
                .put("tenant_tag", 0)
                .put("tenant_key", SandboxProperties.TENANT_KEY)
                .putObject("avatar")
                .put("avatar_origin", "");
        return Answer.ok(data);
    }

    private Answer ticket() {
        long now = System.currentTimeMillis();
        return database.inTransaction(() -> {
            List<ObjectNode> current = database.jdbc()
                    .query(
                            "select ticket, expires_ms from sandbox.jsapi_ticket where expires_ms > ?"
                                    + " order by expires_ms desc limit 1",
                            (row, n) -> ticket(row.getString(1), row.getLong(2) - now),
                            now + RENEWAL_MS);
            if (!current.isEmpty()) {
                return Answer.ok(current.get(0));
            }
            String ticket = UUID.randomUUID().toString().replace("-", "");
            database.jdbc().update("insert into sandbox.jsapi_ticket values (?, ?)", ticket, now + TICKET_MS);
            return Answer.ok(ticket(ticket, TICKET_MS));
        });
    }

    private static ObjectNode ticket(String ticket, long leftMs) {
        return Json.object().put("ticket", ticket).put("expire_in", leftMs / 1000);
    }
}
