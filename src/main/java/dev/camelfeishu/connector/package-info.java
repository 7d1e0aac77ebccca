/**
 * The protocol with which a Base pulls a table from a service: signed requests, the description of a table, its records in
 * pages. Served from SQL queries that files of {@code config/connectors} declare. It uses nothing of ours and calls nobody.
 */
package dev.camelfeishu.connector;
