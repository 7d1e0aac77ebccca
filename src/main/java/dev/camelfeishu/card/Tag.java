package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One component of a card: its properties, where it may stand, and what its properties must agree on.
 *
 * @param traits where it may stand and what it is
 * @param notIn containers that must not hold it, at any depth
 * @param rules what more than one property decides
 */
record Tag(String name, Fields fields, Set<Trait> traits, Set<String> notIn, List<Rule> rules) {

    enum Trait {
        /** Counts as a level of nesting. */
        CONTAINER,
        /** People act on it: inside a form it needs a name of its own. */
        INTERACTIVE,
        /** Stands directly in the card's body and nowhere else. */
        ROOT_ONLY,
        FORM_ONLY,
        /** Belongs to one property of one parent, such as a column to its column set. */
        PART,
        /** At the root of a 1.0 card it needs an {@code action} around it. */
        WRAPPED
    }

    /** Checks an element as a whole. */
    @FunctionalInterface
    interface Rule {
        void check(JsonNode element, Spot spot);
    }

    static Tag of(String name, Fields fields, Trait... traits) {
        var set = EnumSet.noneOf(Trait.class);
        set.addAll(List.of(traits));
        return new Tag(name, fields.may("tag", Shape.text()), set, Set.of(), List.of());
    }

    Tag notIn(String... containers) {
        return new Tag(name, fields, traits, Set.of(containers), rules);
    }

    Tag rule(Rule rule) {
        var more = new ArrayList<>(rules);
        more.add(rule);
        return new Tag(name, fields, traits, notIn, more);
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }
}
