/** Bytes that the platform keeps: stored and read in chunks, never held in memory as a whole. */
package dev.camelfeishu.sandbox.files;
