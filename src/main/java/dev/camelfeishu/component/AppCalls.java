package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;
import static dev.camelfeishu.component.ProgrammedOperation.operation;

import dev.camelfeishu.openapi.ApiRequest;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * The app itself: its scopes, its bot, its tenant, the ticket of its web pages.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/application-v6/introduction">Applications</a>
 */
final class AppCalls {

    private static final String BOT = "/open-apis/bot/v3/info";

    static final List<Operation> ALL = List.of(
            call(
                            "app/scopes",
                            "Lists the scopes the app has asked for, and which are granted.",
                            "GET",
                            "/open-apis/application/v6/scopes")
                    .answers("scopes", "A list: `scope_name`, `grant_status` (1: granted), `scope_type`."),
            call(
                    "app/apply-scopes",
                    "Asks the tenant's administrator for the scopes that are not granted.",
                    "POST",
                    "/open-apis/application/v6/scopes/apply"),
            call(
                            "app/info",
                            "Reads the description of an app.",
                            "GET",
                            "/open-apis/application/v6/applications/:app_id")
                    .usually("lang", "zh_cn", "Language: zh_cn, en_us or ja_jp")
                    .optional("user_id_type")
                    .answers("app", "The app."),
            call(
                            "app/tenant",
                            "Reads the tenant in which the app is installed.",
                            "GET",
                            "/open-apis/tenant/v2/tenant/query")
                    .answers("tenant", "The tenant: `name`, `tenant_key`."),
            call(
                    "app/jssdk-ticket",
                    "Gives the ticket with which web pages of the app sign their calls.",
                    "POST",
                    "/open-apis/jssdk/ticket/get"),
            operation("app/bot", "Reads the app's bot.")
                    .calls("GET", BOT)
                    .callsAsAsked()
                    .body("Not read.", "The bot: `open_id`, `app_name`, `activate_status`; a JSON tree.")
                    .runs(AppCalls::bot));

    private AppCalls() {}

    /** This answer has no {@code data}. */
    private static void bot(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        exchange.getMessage()
                .setBody(platform.client(exchange, options)
                        .call(ApiRequest.get(BOT))
                        .root()
                        .path("bot"));
    }
}
