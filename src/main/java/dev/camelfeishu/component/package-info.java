/**
 * The Camel component {@code feishu:}: endpoints, producers, consumers, converters and their auto-configuration. It is the
 * one door through which routes reach the gate, the journal, cards, pairs and approvals. It may call {@code openapi},
 * {@code event}, {@code card}, {@code sync} and {@code approval}. {@code ops} asks it what routes need of the platform, and
 * {@code route} takes from it what a callback is answered.
 */
package dev.camelfeishu.component;
