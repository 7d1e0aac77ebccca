/**
 * Drives the running application from outside: its own process, real HTTP, the sandbox's Open Platform with its control
 * interface, and PostgreSQL. What is asserted is the public contract; the database is looked at where the contract names a
 * table, and to wait for the end of something that leaves no trace elsewhere.
 */
package dev.camelfeishu.e2e;
