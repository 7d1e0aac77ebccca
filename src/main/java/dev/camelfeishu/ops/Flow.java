package dev.camelfeishu.ops;

import java.util.List;

/**
 * A route file as a business user sees it.
 *
 * @param name the file's name without {@code .camel.yaml}
 * @param file relative to the home folder
 * @param fromDisk whether it is the file in the home folder, or its packed copy
 * @param missing the variables for whose sake it does not start; empty when it does
 */
public record Flow(String name, String file, boolean fromDisk, List<String> missing) {}
