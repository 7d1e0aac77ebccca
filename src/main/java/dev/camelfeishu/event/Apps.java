package dev.camelfeishu.event;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The apps of this process: what a route calls them, and what Feishu does. */
public final class Apps {

    /** The app of the variables {@code FEISHU_APP_ID} and so on. */
    public static final String DEFAULT = "default";

    /** In a filter: events of every app. */
    public static final String ALL = "*";

    private final Map<String, String> ids;
    private final Map<String, String> names;

    /** @param ids the app's id by its name */
    public Apps(Map<String, String> ids) {
        this.ids = new TreeMap<>(ids);
        this.names = ids.keySet().stream().collect(Collectors.toUnmodifiableMap(ids::get, Function.identity()));
    }

    public Set<String> names() {
        return ids.keySet();
    }

    /**
     * The id of the app with that name.
     *
     * @param name null for the app {@link #DEFAULT}
     * @throws IllegalArgumentException when there is none
     */
    public String id(String name) {
        String id = ids.get(name == null ? DEFAULT : name);
        if (id == null) {
            throw new IllegalArgumentException("feishu.apps has no app " + name);
        }
        return id;
    }

    /** The name of the app with that id, or "" when it is no longer one of this process. */
    public String name(String appId) {
        return names.getOrDefault(appId, "");
    }
}
