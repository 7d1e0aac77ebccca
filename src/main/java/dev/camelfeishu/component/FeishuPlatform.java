package dev.camelfeishu.component;

import dev.camelfeishu.approval.Approvals;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.openapi.Bot;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.sync.PairSync;
import dev.camelfeishu.sync.Pairs;
import java.util.Collection;
import java.util.Set;

/**
 * What the endpoints of one app reach.
 *
 * @param client the gate to Feishu
 * @param bot the app's own bot
 * @param journal where events are kept between Feishu and the routes
 * @param deadLetters what could not be processed
 * @param cards templates of config/cards
 * @param texts texts of config/texts in the application's locale
 * @param approvals approval instances
 * @param pairs pairs of config/pairs
 * @param audience who may ask the bot
 * @param answers where webhook and lane meet over a click
 * @param commandNames commands that a route has taken, each behind its app's name and a slash; concurrent
 * @param apps the apps of this process
 */
public record FeishuPlatform(
        FeishuClient client,
        Bot bot,
        EventJournal journal,
        DeadLetters deadLetters,
        CardTemplates cards,
        Texts texts,
        Approvals approvals,
        Pairs pairs,
        Audience audience,
        CallbackAnswers answers,
        Set<String> commandNames,
        Apps apps) {

    /**
     * Looks up what the options name.
     *
     * @throws IllegalArgumentException when there is no such card, text or pair; the message names the option
     */
    void check(String endpoint, FeishuConfiguration options) {
        if (!Apps.ALL.equals(options.getAppName())) {
            exists(endpoint, "appName", options.getAppName(), apps.names(), "feishu.apps has none of that name");
        }
        exists(endpoint, "card", options.getCard(), cards.names(), "config/cards has none of that name");
        exists(endpoint, "text", options.getText(), texts.keys(), "config/texts has none of that key");
        exists(endpoint, "toast", options.getToast(), texts.keys(), "config/texts has none of that key");
        exists(
                endpoint,
                "pair",
                options.getPair(),
                pairs.all().stream().map(PairSync::name).toList(),
                "config/pairs declares none of that name");
    }

    private static void exists(
            String endpoint, String option, String value, Collection<String> known, String otherwise) {
        if (value != null && !value.isEmpty() && !known.contains(value)) {
            throw new IllegalArgumentException(
                    "feishu:" + endpoint + ": the option " + option + " is " + value + ", but " + otherwise);
        }
    }
}
