package dev.camelfeishu.sandbox.base;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** The kinds of identifiers in a Base, with the codes for a malformed and for an unknown one. */
enum Id {
    APP("", 27, 1254003, 1254040),
    TABLE("tbl", 13, 1254004, 1254041),
    VIEW("vew", 7, 1254005, 1254042),
    RECORD("rec", 12, 1254006, 1254043),
    FIELD("fld", 7, 1254009, 1254044),
    OPTION("opt", 7, 1254001, 1254001),
    ROLE("rol", 7, 1254047, 1254047),
    BLOCK("blk", 13, 1254050, 1254050);

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final RandomGenerator RANDOM = new SecureRandom();

    private final String prefix;
    private final int length;
    private final int malformed;
    private final int unknown;
    private final Pattern pattern;

    Id(String prefix, int length, int malformed, int unknown) {
        this.prefix = prefix;
        this.length = length;
        this.malformed = malformed;
        this.unknown = unknown;
        this.pattern = Pattern.compile(prefix + (prefix.isEmpty() ? "[A-Za-z0-9]{20,40}" : "[A-Za-z0-9]{3,32}"));
    }

    String fresh() {
        StringBuilder id = new StringBuilder(prefix);
        for (int i = 0; i < length; i++) {
            id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    /** Answers the id when it is well formed. */
    String checked(String id) {
        if (!pattern.matcher(id).matches()) {
            throw new Denied(malformed, "");
        }
        return id;
    }

    Denied notFound() {
        return new Denied(unknown, "");
    }
}
