/** How the sandbox tells the application what happened: events and callbacks, sealed, stored, delivered and delivered again. */
package dev.camelfeishu.sandbox.push;
