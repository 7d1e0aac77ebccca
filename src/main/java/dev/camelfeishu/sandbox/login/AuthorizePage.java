package dev.camelfeishu.sandbox.login;

import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriUtils;

/**
 * The page on which a person lets the app act for them. On the platform the person is logged in already; here the page asks
 * who it is. {@code GET /sandbox/authorize} with the page's own parameters and {@code person} (open_id; empty: refused)
 * answers as the platform does after the click, with the redirect.
 *
 * <p>What the platform shows for a wrong request is not documented, but for 20027 and 20029: HTTP 400 with the code.
 */
public final class AuthorizePage implements Api {
    private static final int MOST_SCOPES = 50;

    private final UserTokens tokens;
    private final People people;
    private final SandboxProperties properties;
    private final LoginSettings settings;

    public AuthorizePage(UserTokens tokens, People people, SandboxProperties properties, LoginSettings settings) {
        this.tokens = tokens;
        this.people = people;
        this.properties = properties;
        this.settings = settings;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/open-apis/authen/v1/authorize", this::page);
        routes.on("GET", "/sandbox/authorize", this::decide);
    }

    private Answer page(Call call) {
        check(call);
        StringBuilder html = new StringBuilder("<!doctype html><meta charset=\"utf-8\"><title>Feishu sandbox</title>")
                .append("<h1>Who logs in?</h1><p>The app asks for: ")
                .append(HtmlUtils.htmlEscape(call.query("scope", "nothing but who you are")))
                .append("</p><ul>");
        for (Person person : people.colleagues()) {
            html.append(link(call, person.openId(), person.name()));
        }
        html.append(link(call, "", "Refuse")).append("</ul>");
        return Answer.file(
                200,
                html.toString().getBytes(StandardCharsets.UTF_8),
                Map.of("Content-Type", "text/html; charset=utf-8", "Content-Security-Policy", "default-src 'none'"));
    }

    private static String link(Call call, String openId, String name) {
        Map<String, String> query = new TreeMap<>(call.query());
        query.put("person", openId);
        List<String> pairs = new ArrayList<>();
        query.forEach((key, value) -> pairs.add(encoded(key) + "=" + encoded(value)));
        String address = "/sandbox/authorize?" + String.join("&", pairs);
        return "<li><a href=\"" + HtmlUtils.htmlEscape(address) + "\">" + HtmlUtils.htmlEscape(name) + "</a></li>";
    }

    private Answer decide(Call call) {
        Set<String> scopes = check(call);
        String redirect = call.query("redirect_uri", "");
        String state = call.query().get("state");
        String openId = call.query("person", "");
        String answer = "error=access_denied";
        if (!openId.isEmpty()) {
            Person person = people.byOpenId(openId)
                    .filter(Person::colleague)
                    .orElseThrow(() -> new Refusal(400, 20008, "The user does not exist."));
            String code = tokens.agree(
                    person.openId(),
                    scopes,
                    redirect,
                    call.query("code_challenge", null),
                    call.query("code_challenge_method", "plain"));
            answer = "code=" + code;
        }
        String address = redirect
                + (redirect.contains("?") ? "&" : "?")
                + answer
                + (state == null ? "" : "&state=" + encoded(state));
        return new Answer(302, Json.object(), Map.of("Location", address));
    }

    /** @return the scopes that are asked for */
    private Set<String> check(Call call) {
        if (!properties.appId().equals(call.query("client_id", ""))) {
            throw new Refusal(400, 20048, "The specified app does not exist.");
        }
        if (!call.query("response_type", "code").equals("code")) {
            throw new Refusal(400, 20001, "response_type must be code");
        }
        if (!listed(call.query("redirect_uri", ""))) {
            throw new Refusal(400, 20029, "redirect_uri is not on the app's list");
        }
        if (!Set.of("S256", "plain").contains(call.query("code_challenge_method", "plain"))) {
            throw new Refusal(400, 20001, "code_challenge_method must be S256 or plain");
        }
        String scope = call.query("scope", "").strip();
        Set<String> scopes = scope.isEmpty() ? Set.of() : new LinkedHashSet<>(Arrays.asList(scope.split("\\s+")));
        if (scopes.size() > MOST_SCOPES) {
            throw new Refusal(400, 20001, "at most " + MOST_SCOPES + " scopes");
        }
        if (scopes.stream().anyMatch(properties.deniedScopes()::contains)) {
            throw new Refusal(400, 20027, "a scope is not enabled in the app");
        }
        return scopes;
    }

    private boolean listed(String address) {
        if (!settings.redirectUrls().isEmpty()) {
            return settings.redirectUrls().contains(address);
        }
        try {
            URI uri = URI.create(address);
            return Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
                    && Set.of("localhost", "127.0.0.1", "[::1]").contains(String.valueOf(uri.getHost()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String encoded(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8);
    }
}
