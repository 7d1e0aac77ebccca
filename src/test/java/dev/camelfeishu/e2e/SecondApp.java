package dev.camelfeishu.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** A store app beside the default one, with webhooks and secrets of its own. */
final class SecondApp {

    static final String NAME = "shop";
    static final String ID = "cli_b2c3d4e5f6071829";
    static final String EVENT = "/webhook/" + NAME + "/event";
    static final String CARD = "/webhook/" + NAME + "/card";

    private static final String SECRET = "Ws3shopSecretF6n8";
    private static final String ENCRYPT_KEY = "Ue8shopKeyB2k5";
    private static final String TOKEN = "Tc1shopTokenM9v4";

    private SecondApp() {}

    static Map<String, String> settings() {
        return Map.of(
                "FEISHU_APPS_SHOP_APPID", ID,
                "FEISHU_APPS_SHOP_APPSECRET", SECRET,
                "FEISHU_APPS_SHOP_ENCRYPTKEY", ENCRYPT_KEY,
                "FEISHU_APPS_SHOP_VERIFICATIONTOKEN", TOKEN,
                "FEISHU_APPS_SHOP_KIND", "store");
    }

    /** What the sandbox tells of the default app. */
    static JsonNode info() {
        return Http.JSON
                .createObjectNode()
                .put("app_id", ID)
                .put("encrypt_key", ENCRYPT_KEY)
                .put("verification_token", TOKEN);
    }
}
