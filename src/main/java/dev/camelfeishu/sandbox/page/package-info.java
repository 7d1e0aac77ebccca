/** The sandbox's web page: its files, and what it reads. Everything it does goes through the control calls. */
package dev.camelfeishu.sandbox.page;
