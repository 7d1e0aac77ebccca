package dev.camelfeishu.component;

import dev.camelfeishu.approval.Approvals;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.connector.Connectors;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.event.KnownChats;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.ApiResponse;
import dev.camelfeishu.openapi.Bot;
import dev.camelfeishu.openapi.Bots;
import dev.camelfeishu.openapi.Download;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuClients;
import dev.camelfeishu.openapi.Identity;
import dev.camelfeishu.openapi.Priority;
import dev.camelfeishu.sync.PairSync;
import dev.camelfeishu.sync.Pairs;
import java.util.Collection;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.IdempotentRepository;

/**
 * What the endpoints reach.
 *
 * @param clients the gate to Feishu, for each app
 * @param bots the bot of each app
 * @param journal where events are kept between Feishu and the routes
 * @param deadLetters what could not be processed
 * @param cards templates of config/cards
 * @param texts texts of config/texts in the application's locale
 * @param approvals approval instances
 * @param pairs pairs of config/pairs
 * @param audience who may ask the bot
 * @param answers where webhook and lane meet over a click
 * @param commandNames commands that a route has taken
 * @param apps the apps of this process
 * @param chats where messages come from
 * @param customBots the custom bots of feishu.custom-bots
 * @param clicked clicks that can be made once only
 * @param connectors tables that Bases pull, of config/connectors
 */
public record FeishuPlatform(
        FeishuClients clients,
        Bots bots,
        EventJournal journal,
        DeadLetters deadLetters,
        CardTemplates cards,
        Texts texts,
        Approvals approvals,
        Pairs pairs,
        Audience audience,
        CallbackAnswers answers,
        CommandNames commandNames,
        Apps apps,
        KnownChats chats,
        CustomBots customBots,
        IdempotentRepository clicked,
        Connectors connectors) {

    /** The bot of the default app. */
    Bot bot() {
        return bots.of(FeishuClients.DEFAULT, null);
    }

    /** The gate as the app that an event came to, in the tenant it came from. */
    FeishuClient client(FeishuEvent event) {
        return clients.client(apps.name(event.appId()), event.tenantKey());
    }

    /** The gate as the default app. */
    FeishuClient client() {
        return clients.client(FeishuClients.DEFAULT);
    }

    /**
     * The gate as the app, the person and the urgency that an exchange calls with. It overrides what a request says of them.
     *
     * @throws IllegalArgumentException when there is no such app, or a person shall call and no header names them
     */
    FeishuClient client(Exchange exchange, FeishuConfiguration options) {
        Message in = exchange.getMessage();
        String name = options.getAppName() != null
                ? options.getAppName()
                : in.getHeader(FeishuConstants.APP_NAME, FeishuClients.DEFAULT, String.class);
        FeishuClient app = clients.client(name, in.getHeader(FeishuConstants.TENANT_KEY, String.class));
        Identity identity = identity(exchange, options);
        Priority priority = options.priorityOf(exchange);
        return new FeishuClient() {
            @Override
            public ApiResponse call(ApiRequest request) {
                return app.call(mine(request));
            }

            @Override
            public Download open(ApiRequest request) {
                return app.open(mine(request));
            }

            private ApiRequest mine(ApiRequest request) {
                ApiRequest mine = request.as(identity).priority(priority);
                return options.getDeadline() == null ? mine : mine.within(options.deadlineDuration());
            }
        };
    }

    private static Identity identity(Exchange exchange, FeishuConfiguration options) {
        if (!options.asUser()) {
            return Identity.tenant();
        }
        String person = exchange.getMessage().getHeader(FeishuConstants.USER_OPEN_ID, String.class);
        if (person == null || person.isBlank()) {
            throw new IllegalArgumentException(
                    "identity=user, but the header " + FeishuConstants.USER_OPEN_ID + " names nobody");
        }
        return Identity.user(person);
    }

    /**
     * Looks up what the options name.
     *
     * @throws IllegalArgumentException when there is no such app, card, text or pair; the message names the option
     */
    void check(String endpoint, FeishuConfiguration options) {
        if (!Apps.ALL.equals(options.getAppName())) {
            exists(endpoint, "appName", options.getAppName(), apps.names(), "feishu.apps has none of that name");
        }
        if (endpoint.startsWith("custom-bot/")) {
            exists(endpoint, "bot", options.getBot(), customBots.names(), "feishu.custom-bots has none of that name");
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
