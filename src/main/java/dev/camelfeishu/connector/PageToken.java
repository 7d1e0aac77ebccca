package dev.camelfeishu.connector;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Where the next page begins, in the letters, digits and underscores that the protocol allows, 100 at most: how many rows came
 * before it, and the last key, its bytes as a number with 36 digits.
 */
record PageToken(int rows, String key) {

    private static final int LONGEST = 100;
    private static final int RADIX = 36;

    static PageToken parse(String text) {
        try {
            var parts = text.split("_", -1);
            var bytes = new BigInteger(parts[1], RADIX).toByteArray();
            if (parts.length != 2 || bytes[0] != 1 || text.length() > LONGEST) {
                throw new IllegalArgumentException("malformed");
            }
            return new PageToken(
                    Integer.parseUnsignedInt(parts[0], RADIX),
                    new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8));
        } catch (RuntimeException malformed) {
            throw ConnectorRefusal.config("the pageToken is none of this connector's");
        }
    }

    String text() {
        var key = this.key.getBytes(StandardCharsets.UTF_8);
        // the leading one keeps leading zeros, and the number positive
        var bytes = new byte[key.length + 1];
        bytes[0] = 1;
        System.arraycopy(key, 0, bytes, 1, key.length);
        var text = Integer.toString(rows, RADIX) + "_" + new BigInteger(bytes).toString(RADIX);
        if (text.length() > LONGEST) {
            throw ConnectorRefusal.config("the key " + key.length
                    + " bytes long is too long for a pageToken; give the query a" + " shorter key");
        }
        return text;
    }
}
