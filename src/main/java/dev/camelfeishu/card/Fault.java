package dev.camelfeishu.card;

/**
 * What Feishu would refuse in a card.
 *
 * @param path where, such as {@code body.elements[2].columns[0]}; "" is the card itself
 * @param message what is wrong and what is allowed
 */
public record Fault(String path, String message) {

    @Override
    public String toString() {
        return (path.isEmpty() ? "card" : path) + ": " + message;
    }
}
