package dev.camelfeishu.openapi;

/**
 * The app's bot as Feishu knows it. Asked for at the first need and kept; while Feishu does not answer, every call asks
 * again. Thread safe.
 */
public final class Bot {

    private static final String INFO = "/open-apis/bot/v3/info";

    private final FeishuClient client;
    private volatile String openId;

    public Bot(FeishuClient client) {
        this.client = client;
    }

    /**
     * The bot's own open_id, {@code ou_…}; a message mentions the bot when it mentions this id. Blocks at the first call.
     *
     * @throws FeishuException when Feishu does not tell it
     */
    public String openId() {
        var known = openId;
        if (known == null) {
            var response = client.call(ApiRequest.get(INFO));
            known = response.root().path("bot").path("open_id").asText("");
            if (known.isBlank()) {
                var hint = "Switch the bot ability on in the developer console and publish a version.";
                throw new FeishuRejectedException(
                        "GET " + INFO + ": the app has no bot. " + hint,
                        response.status(),
                        0,
                        response.logId(),
                        hint,
                        false,
                        null);
            }
            openId = known;
        }
        return known;
    }
}
