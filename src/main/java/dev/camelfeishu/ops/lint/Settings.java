package dev.camelfeishu.ops.lint;

import java.util.Collection;

/** What routes name in double braces. */
public interface Settings {

    /** Whether somebody has declared it, be it with an empty value. */
    boolean declares(String key);

    /** Its value; null or "" when it has none. */
    String value(String key);

    /** Those there are, for suggestions. */
    Collection<String> keys();
}
