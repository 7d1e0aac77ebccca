package dev.camelfeishu.sandbox.base;

import dev.camelfeishu.sandbox.Call;

/** Query parameters that are true or false. */
final class Flags {
    private Flags() {}

    /** False when it is absent. */
    static boolean of(Call call, String name) {
        return switch (call.query(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Denied(1254010, name + " is true or false");
        };
    }
}
