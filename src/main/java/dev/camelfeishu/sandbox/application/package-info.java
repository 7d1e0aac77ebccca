/** What the app knows of itself and its tenant: scopes, its own description, the tenant, tickets of web pages. */
package dev.camelfeishu.sandbox.application;
