/**
 * The application: how it starts, what it is made of. Beans of the plain packages are wired here, the embedded PostgreSQL is
 * started, {@code config/} and {@code routes/} are found, and the command {@code scopes} runs. Nothing calls it; it may use anything
 * but {@code sandbox}.
 */
package dev.camelfeishu;
