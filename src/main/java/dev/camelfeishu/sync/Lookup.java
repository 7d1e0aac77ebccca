package dev.camelfeishu.sync;

import java.util.Set;

/**
 * A call of Feishu's contacts that a pair makes to translate people.
 *
 * @param path template of the endpoint
 * @param fieldScopes scopes without which the answer lacks what is looked for
 */
public record Lookup(String method, String path, Set<String> fieldScopes) {}
