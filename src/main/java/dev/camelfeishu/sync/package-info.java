/**
 * Two-way synchronisation of SQL rows and Bitable records: pair declarations, the three-way decision per field, shadows, the
 * journal of overwritten values, identity, deletes and verification. Called by {@code component} (routes poll, hint and merge
 * through {@code feishu:bitable/...}) and, for {@code ops}, by the root package. It may call {@code openapi} and {@code event}.
 */
package dev.camelfeishu.sync;
