package dev.camelfeishu.sandbox.base;

import dev.camelfeishu.sandbox.Person;
import java.util.Optional;

/** What storing a written cell may ask for, and the options it may add. */
interface Writing {
    Optional<Person> person(String id);

    boolean chatExists(String chatId);

    /** Whether the file was uploaded to this Base. */
    boolean mediaExists(String fileToken);

    /** Whether the table of a link field holds the record. */
    boolean recordExists(Field link, String recordId);

    /** The options as they are now, with those added by earlier cells of the same call. */
    Options options(Field select);

    /** Adds an option to the field. */
    Option addOption(Field select, String name);
}
