/**
 * The webhooks, which store events before any route sees them, and the routes in the Java DSL that an integration engineer need
 * not edit: dead letters and retention. Nothing calls them; they may use anything but {@code sandbox}.
 */
package dev.camelfeishu.route;
