/**
 * The console under /console: pages made on the server, in Chinese and English, for looking and for the few things a person decides.
 * Each page asks the class that owns what it shows; nothing here holds SQL or rules of its own, and whatever changes something goes
 * through {@link dev.camelfeishu.ops.Audit}. Called by browsers only.
 */
package dev.camelfeishu.ops.console;
