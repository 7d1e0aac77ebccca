package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.Exchange;

/**
 * Custom bots: webhooks of one group, without an app.
 *
 * @see <a href="https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot">Custom bots</a>
 */
final class CustomBotOperations {

    private static final int LONGEST = 20 * 1024;

    private CustomBotOperations() {}

    /** {@code custom-bot/send}: what {@link MessageContent} makes of the exchange, signed where the bot has a secret. */
    static void send(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        CustomBots.CustomBot bot = platform.customBots().named(options.getBot());
        ObjectNode body = MessageContent.of(exchange, options, platform).plain();
        requireKeyword(bot.keywords(), body.toString(), options.getBot());
        if (!bot.secret().isEmpty()) {
            String timestamp = String.valueOf(Instant.now().getEpochSecond());
            body.put("timestamp", timestamp).put("sign", signature(timestamp, bot.secret()));
        }
        if (body.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IllegalArgumentException("The message is too long for a custom bot: more than 20 KB as JSON");
        }
        platform.client(exchange, options)
                .call(ApiRequest.post("/open-apis/bot/v2/hook/:token")
                        .with("token", bot.token())
                        .body(body));
    }

    /** The platform would refuse it, and a person would look for the reason there. */
    private static void requireKeyword(List<String> keywords, String said, String bot) {
        if (!keywords.isEmpty() && keywords.stream().noneMatch(said::contains)) {
            throw new IllegalArgumentException("The message holds none of the keywords of the custom bot " + bot + ": "
                    + String.join(", ", keywords));
        }
    }

    /** The key is made of timestamp and secret; nothing is signed with it. */
    static String signature(String timestamp, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec((timestamp + "\n" + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(new byte[0]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
