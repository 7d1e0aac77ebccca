/** Log-in of people: the authorise page, the OAuth token endpoint, and who a user access token stands for. */
package dev.camelfeishu.sandbox.login;
