package dev.camelfeishu.sync;

import java.util.Collection;
import java.util.Map;

/** What the SQL side calls a person or a row, and what Bitable calls it. */
interface Directory {

    /** Bitable's ids by SQL's names; a name of which nothing is known is missing. */
    Map<String, String> ids(Collection<String> names);

    /** SQL's names by Bitable's ids; an id of which nothing is known is missing. */
    Map<String, String> names(Collection<String> ids);

    /** Why a name or an id cannot go to the other side, as the end of a sentence that begins with it. */
    String unknown();

    /** Name of the pair that may make known what is unknown, or null when a person has to. */
    default String awaits() {
        return null;
    }
}
