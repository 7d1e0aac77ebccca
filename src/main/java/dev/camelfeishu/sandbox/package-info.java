/**
 * A Feishu Open Platform on localhost, for trying and testing, in the profile {@code sandbox} only. It is the other side of
 * the wire: written from the platform's documentation, it uses nothing of ours and nothing of ours uses it, so that both
 * sides cannot share a misunderstanding.
 */
package dev.camelfeishu.sandbox;
