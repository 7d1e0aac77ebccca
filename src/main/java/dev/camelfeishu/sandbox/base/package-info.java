/**
 * The Bases (Bitable) of the sandbox: tables, fields and records with the platform's shapes, limits and error codes, the
 * subscription of a Base and its change events, and the control endpoints by which people edit. A table is read from an
 * immutable snapshot; one writer at a time makes the next one and stores it together with its events.
 */
package dev.camelfeishu.sandbox.base;
