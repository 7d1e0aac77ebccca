package dev.camelfeishu.ops.apply;

import dev.camelfeishu.ops.lint.Home;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The files that people edit, as the application finds them now. */
public interface RouteFolder {

    /** All of them. */
    Home home();

    /** One file. */
    Optional<Copy> copy(String file);

    /** The variables without which its routes do not start, by the text of a file. */
    List<String> missing(String text);

    /** Writes a file of the home folder, whole or not at all. */
    void write(String file, String text) throws IOException;

    /** Removes a file of the home folder; its packed copy, if there is one, is found again. */
    void remove(String file) throws IOException;

    /**
     * @param fromDisk whether it lies in the home folder, or is packed
     * @param location as Camel loads it: {@code file:…} or {@code classpath:…}
     */
    record Copy(String text, boolean fromDisk, String location) {}
}
