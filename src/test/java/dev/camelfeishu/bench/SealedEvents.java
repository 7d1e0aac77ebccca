package dev.camelfeishu.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Distinct events as Feishu sends them, encrypted and signed, as whole HTTP requests. Made before a run, so that making them
 * costs it nothing. The second half of an event's id is its number in hexadecimal.
 */
final class SealedEvents {

    static final String APP_ID = "cli_0123456789abcdef";
    static final String ENCRYPT_KEY = "bench-encrypt-key";
    static final String TOKEN = "bench-verification-token";
    static final String TYPE = "im.chat.member.user.added_v1";
    static final String PATH = "/webhook/event";

    private static final int CHATS = 5_000;

    private final byte[][] requests;

    private SealedEvents(byte[][] requests) {
        this.requests = requests;
    }

    static SealedEvents make(int count) {
        byte[][] requests = new byte[count][];
        Random random = new Random(1);
        Sealer sealer = new Sealer();
        for (int i = 0; i < count; i++) {
            requests[i] = sealer.request(json(i, random), random);
        }
        return new SealedEvents(requests);
    }

    int count() {
        return requests.length;
    }

    byte[] request(int number) {
        return requests[number];
    }

    /** Scattered, as Feishu's ids are: the index that tells duplicates is hit everywhere. */
    static String id(int number) {
        return "%016x%016x".formatted((number + 1) * 0x9E3779B97F4A7C15L, number);
    }

    static int number(String id) {
        return (int) Long.parseLong(id.substring(16), 16);
    }

    private static String json(int number, Random random) {
        String person = "%032x".formatted(random.nextLong());
        return """
                {"schema":"2.0","header":{"event_id":"%s","token":"%s","create_time":"%d","event_type":"%s",\
                "tenant_key":"2ca1d211f64f6438","app_id":"%s"},"event":{"chat_id":"oc_%032x","operator_id":\
                {"union_id":"on_%s","user_id":"%.8s","open_id":"ou_%s"},"external":false,"operator_tenant_key":\
                "2ca1d211f64f6438","users":[{"name":"张三 %d","tenant_key":"2ca1d211f64f6438","user_id":{"union_id":\
                "on_%s","user_id":"%.8s","open_id":"ou_%s"}}],"name":"订单群","i18n_names":{"zh_cn":"订单群","en_us":\
                "Orders"}}}""".formatted(
                        id(number),
                        TOKEN,
                        1_700_000_000_000L + number,
                        TYPE,
                        APP_ID,
                        random.nextInt(CHATS),
                        person,
                        person,
                        person,
                        number,
                        person,
                        person,
                        person);
    }

    private static final class Sealer {

        private final Cipher cipher;
        private final MessageDigest sha256;
        private final SecretKeySpec key;

        Sealer() {
            try {
                cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
                sha256 = MessageDigest.getInstance("SHA-256");
                key = new SecretKeySpec(sha256.digest(bytes(ENCRYPT_KEY)), "AES");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        byte[] request(String json, Random random) {
            byte[] body = bytes("{\"encrypt\":\"" + encrypted(bytes(json), random) + "\"}");
            String timestamp = "1700000000";
            String nonce = Integer.toString(random.nextInt(1 << 30));
            sha256.update(bytes(timestamp + nonce + ENCRYPT_KEY));
            byte[] head = bytes("POST " + PATH + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    + "Content-Type: application/json; charset=utf-8\r\nX-Lark-Request-Timestamp: " + timestamp
                    + "\r\nX-Lark-Request-Nonce: " + nonce + "\r\nX-Lark-Signature: "
                    + HexFormat.of().formatHex(sha256.digest(body)) + "\r\nContent-Length: " + body.length
                    + "\r\n\r\n");
            byte[] request = new byte[head.length + body.length];
            System.arraycopy(head, 0, request, 0, head.length);
            System.arraycopy(body, 0, request, head.length, body.length);
            return request;
        }

        private String encrypted(byte[] plain, Random random) {
            byte[] iv = new byte[16];
            random.nextBytes(iv);
            try {
                cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
                byte[] all = new byte[16 + cipher.getOutputSize(plain.length)];
                System.arraycopy(iv, 0, all, 0, 16);
                cipher.doFinal(plain, 0, plain.length, all, 16);
                return Base64.getEncoder().encodeToString(all);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
