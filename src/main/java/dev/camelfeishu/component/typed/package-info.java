/**
 * The common events as records: {@code exchange.getMessage().getBody(MessageReceived.class)} in Java,
 * {@code ${bodyAs(dev.camelfeishu.component.typed.MessageReceived)}} in simple. Routes use them; they use nothing of ours. What an
 * event does not say is "" or empty, a time it does not say is null.
 */
package dev.camelfeishu.component.typed;
