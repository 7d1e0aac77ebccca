package dev.camelfeishu.sandbox.base;

import dev.camelfeishu.sandbox.Person;
import java.util.Locale;

/** The values of {@code user_id_type}. */
enum IdType {
    OPEN_ID,
    UNION_ID,
    USER_ID;

    static IdType of(String name) {
        for (IdType type : values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
                return type;
            }
        }
        throw new Denied(1254010, "user_id_type is open_id, union_id or user_id");
    }

    String idOf(Person person) {
        return switch (this) {
            case OPEN_ID -> person.openId();
            case UNION_ID -> person.unionId();
            case USER_ID -> person.userId();
        };
    }
}
