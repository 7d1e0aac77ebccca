package dev.camelfeishu;

import org.springframework.core.io.Resource;

/**
 * A file that people edit.
 *
 * @param name relative to the home folder, with forward slashes: {@code routes/orders.camel.yaml}
 * @param fromDisk whether it is the one in the home folder, or the copy packed with the application
 */
public record HomeFile(String name, Resource resource, boolean fromDisk) {}
