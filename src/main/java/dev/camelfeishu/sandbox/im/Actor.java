package dev.camelfeishu.sandbox.im;

import dev.camelfeishu.sandbox.Person;

/**
 * Who acts on chats and messages.
 *
 * @param id app_id of the bot, open_id of a person
 * @param person null for the bot
 */
record Actor(String id, Person person) {
    boolean bot() {
        return person == null;
    }

    /** As sender and operator types say it. */
    String type() {
        return bot() ? "app" : "user";
    }

    String idType() {
        return bot() ? "app_id" : "open_id";
    }

    /** The same one, as the endpoints of groups know it. */
    ChatOperator operator() {
        return new ChatOperator(person);
    }

    boolean sent(Message message) {
        return message.sender().equals(id) && message.byBot() == bot();
    }
}
