package dev.camelfeishu.component;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The custom bots that routes may speak as, by name. Their webhooks are secrets, and so stand in no route. */
public final class CustomBots {

    private static final Pattern WEBHOOK =
            Pattern.compile("(?:https?://[^/]+/open-apis/bot/v2/hook/)?([A-Za-z0-9-]{8,64})");

    /**
     * A custom bot of one group.
     *
     * @param token what its webhook ends with
     * @param secret signs what it sends, or "" when it is not checked
     * @param keywords one of these must be in what it sends; empty when that is not checked
     */
    record CustomBot(String token, String secret, List<String> keywords) {

        CustomBot {
            keywords = List.copyOf(keywords);
        }

        @Override
        public String toString() {
            return "CustomBot";
        }
    }

    private final Map<String, CustomBot> bots = new TreeMap<>();

    /** Adds none yet. */
    public CustomBots() {}

    /**
     * Adds one.
     *
     * @param webhook the address that Feishu shows when the bot is made, or what it ends with
     * @param secret its signing secret, or ""
     * @param keywords its keywords, or none
     * @throws IllegalArgumentException when the webhook is none; the message does not hold it
     */
    public CustomBots with(String name, String webhook, String secret, List<String> keywords) {
        Matcher address = WEBHOOK.matcher(webhook);
        if (!address.matches()) {
            throw new IllegalArgumentException("feishu.custom-bots." + name
                    + ".webhook must be the address that Feishu shows for the bot, …/open-apis/bot/v2/hook/…");
        }
        CustomBots more = new CustomBots();
        more.bots.putAll(bots);
        more.bots.put(name, new CustomBot(address.group(1), secret, keywords));
        return more;
    }

    Set<String> names() {
        return bots.keySet();
    }

    /** One of {@link #names()}. */
    CustomBot named(String name) {
        return bots.get(name);
    }
}
