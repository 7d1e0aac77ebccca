package dev.camelfeishu.ops.alert;

import java.util.Map;

/**
 * One thing that is wrong now.
 *
 * @param subject what it is about: a route, a pair, an app; "" when there is only one
 * @param values of the text {@code alert.<kind>.line}, besides {@code subject}
 */
public record Alert(AlertKind kind, String subject, Map<String, String> values) {

    public Alert {
        values = Map.copyOf(values);
    }
}
