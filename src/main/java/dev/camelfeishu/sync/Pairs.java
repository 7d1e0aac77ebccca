package dev.camelfeishu.sync;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The pairs of this application, by name. */
public final class Pairs {

    private final Map<String, PairSync> pairs = new LinkedHashMap<>();

    public Pairs(Collection<PairSync> pairs) {
        pairs.forEach(pair -> this.pairs.put(pair.name(), pair));
    }

    public Collection<PairSync> all() {
        return pairs.values();
    }

    public Optional<PairSync> find(String name) {
        return Optional.ofNullable(pairs.get(name));
    }

    /**
     * @throws IllegalArgumentException when no file of config/pairs declares it; the message names those there are
     */
    public PairSync named(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no pair \"" + name + "\": config/pairs declares " + pairs.keySet()));
    }
}
