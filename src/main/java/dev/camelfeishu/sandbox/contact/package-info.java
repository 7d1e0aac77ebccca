/** The directory of the sandbox. */
package dev.camelfeishu.sandbox.contact;
