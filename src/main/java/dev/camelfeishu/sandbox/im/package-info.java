/** Chats, messages and cards of the sandbox, and what people do with them. */
package dev.camelfeishu.sandbox.im;
