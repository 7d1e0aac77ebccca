/**
 * Alerts: what is wrong is looked for every few seconds, told to the ops group by one card for each kind, and taken back when
 * its cause is gone. Called by the REST interface of {@code ops}.
 */
package dev.camelfeishu.ops.alert;
