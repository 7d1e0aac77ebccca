package dev.camelfeishu.connector;

import java.time.ZoneId;
import java.util.List;
import java.util.Set;

/**
 * A query that Bases may pull: the content of one file of {@code config/connectors}.
 *
 * @param name lower case letters, digits and hyphens
 * @param title what the table is called, 1 to 100 characters
 * @param query SQL, which is read only
 * @param key column of the query that is unique and never null
 * @param columns 1 to 299, one of them the first field
 * @param tokens the verification token, or two while it is changed; empty: nobody can pull
 * @param bases tokens of the Bases that may pull; empty: all of the tenants that the route names
 * @param page the most rows in one answer
 * @param rows the most rows of all; a larger result is refused, for a part of it would delete the rest
 * @param periodic whether a Base may pull by itself
 * @param configUi https address of the page that a Base shows when the table is connected, or null
 */
record ConnectorDeclaration(
        String name,
        String title,
        String query,
        String key,
        List<Column> columns,
        List<String> tokens,
        Set<String> bases,
        int page,
        int rows,
        boolean periodic,
        String configUi) {

    /**
     * @param name column of the query, 1 to 50 letters, digits and underscores
     * @param format how a number, a date or an amount is shown, or null
     * @param currency ISO 4217, of a currency
     * @param zone of a date or a time without one, or null
     * @param max the highest rating, or null
     * @param ids kind of the ids of a person: open_id, union_id or user_id
     * @param route whether the route adds the value and the query does not have it
     */
    record Column(
            String name,
            String field,
            ColumnType type,
            boolean primary,
            String description,
            String format,
            String currency,
            ZoneId zone,
            Integer max,
            String ids,
            boolean route) {}
}
