/**
 * Routes in the Java DSL that an integration engineer need not edit: webhook ingress, dead letters and retention. Nothing calls them;
 * they may use anything but {@code sandbox}.
 */
package dev.camelfeishu.route;
