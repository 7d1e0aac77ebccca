/**
 * The doctor: small checks of the set-up, each of which says what is wrong and how to mend it in one line. It needs nothing to be
 * right: what cannot be looked at is said too.
 */
package dev.camelfeishu.ops.doctor;
