package dev.camelfeishu.sandbox.base;

import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Person;

/**
 * Who writes and how.
 *
 * @param patient waits for another writer of the table instead of being refused with 1254291
 * @param hurried skips the time a write takes, as {@code ignore_consistency_check=true} does
 */
record Author(Person person, boolean patient, boolean hurried) {
    /** The app by the API, or the person in whose name it calls. */
    static Author app(Call call, Directory directory) {
        Person author = call.user() == null ? Directory.BOT : directory.editor(call.user());
        return new Author(author, false, Flags.of(call, "ignore_consistency_check"));
    }

    /** A person in the Base's own page. */
    static Author person(Person person) {
        return new Author(person, true, false);
    }
}
