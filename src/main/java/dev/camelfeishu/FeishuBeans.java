package dev.camelfeishu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.approval.Approvals;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.component.Audience;
import dev.camelfeishu.component.CallbackAnswers;
import dev.camelfeishu.component.CommandNames;
import dev.camelfeishu.component.CustomBots;
import dev.camelfeishu.component.FeishuPlatform;
import dev.camelfeishu.connector.Connectors;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.EventSearch;
import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.IngressSettings;
import dev.camelfeishu.event.Ingresses;
import dev.camelfeishu.event.JournalSettings;
import dev.camelfeishu.event.KnownChats;
import dev.camelfeishu.event.LeasedIdempotentRepository;
import dev.camelfeishu.event.PostgresAppTickets;
import dev.camelfeishu.event.PostgresDeadLetters;
import dev.camelfeishu.event.PostgresEventJournal;
import dev.camelfeishu.event.Retention;
import dev.camelfeishu.event.StoredEvents;
import dev.camelfeishu.event.TraceContext;
import dev.camelfeishu.openapi.Bots;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuClients;
import dev.camelfeishu.openapi.MonthlyBudget;
import dev.camelfeishu.ops.AppSettings;
import dev.camelfeishu.ops.PairOperations;
import dev.camelfeishu.sync.Listed;
import dev.camelfeishu.sync.PairDeclarationParser;
import dev.camelfeishu.sync.PairSync;
import dev.camelfeishu.sync.Pairs;
import dev.camelfeishu.sync.Quota;
import dev.camelfeishu.sync.ReportKeys;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Puts the rooms together: the journal, cards, pairs and approvals of the apps that are configured. */
@Configuration(proxyBeanMethods = false)
class FeishuBeans {

    private static final String KAMELETS = "routes/_shared/kamelets";

    @Bean
    Bots bots(FeishuClients clients) {
        return new Bots(clients);
    }

    @Bean
    Apps apps(Environment environment) {
        return new Apps(AppSettings.read(environment).stream()
                .collect(Collectors.toMap(AppSettings::name, AppSettings::appId)));
    }

    /** What comes in is checked app by app: each has secrets of its own. */
    @Bean
    Ingresses ingresses(
            Environment environment,
            @Value("${feishu.ingress.allow-unsigned}") boolean allowUnsigned,
            ObjectProvider<ReceivedSpans> spans,
            MeterRegistry meters) {
        ReceivedSpans received = spans.getIfAvailable();
        Function<Headers, TraceContext> traces = received == null ? TraceContext::of : received;
        Map<String, Ingress> ingresses = new TreeMap<>();
        for (AppSettings app : AppSettings.read(environment)) {
            ingresses.put(
                    app.name(),
                    new Ingress(
                            IngressSettings.of(app.appId(), app.encryptKey(), app.verificationToken(), allowUnsigned),
                            meters,
                            Clock.systemUTC(),
                            traces));
        }
        return new Ingresses(ingresses);
    }

    @Bean
    PostgresAppTickets appTickets(DataSource dataSource) {
        return new PostgresAppTickets(dataSource);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    @DependsOnDatabaseInitialization
    PostgresEventJournal journal(DataSource dataSource, MeterRegistry meters, @Value("${feishu.node}") String node) {
        return new PostgresEventJournal(dataSource, JournalSettings.of(node), meters);
    }

    /** Opens the journal when every route has said what it wants. */
    @Bean
    CamelContextConfiguration journalOpening(EventJournal journal) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext camel) {
                // nothing to prepare
            }

            @Override
            public void afterApplicationStart(CamelContext camel) {
                journal.open();
            }
        };
    }

    @Bean
    DeadLetters deadLetters(DataSource dataSource) {
        return new PostgresDeadLetters(dataSource);
    }

    /** Clicks that can be made once only, and have been. */
    @Bean(initMethod = "start", destroyMethod = "stop")
    @DependsOnDatabaseInitialization
    LeasedIdempotentRepository clicked(DataSource dataSource, @Value("${feishu.node}") String node) {
        return new LeasedIdempotentRepository(dataSource, "clicked", node, Duration.ofSeconds(20));
    }

    /** What the bot has answered: {@code #answered} in a route. */
    @Bean(initMethod = "start", destroyMethod = "stop")
    @DependsOnDatabaseInitialization
    LeasedIdempotentRepository answered(DataSource dataSource, @Value("${feishu.node}") String node) {
        return new LeasedIdempotentRepository(dataSource, "answered", node, Duration.ofSeconds(20));
    }

    @Bean
    KnownChats knownChats(DataSource dataSource) {
        return new KnownChats(dataSource);
    }

    @Bean
    StoredEvents storedEvents(DataSource dataSource) {
        return new StoredEvents(dataSource);
    }

    @Bean
    EventSearch eventSearch(DataSource dataSource) {
        return new EventSearch(dataSource);
    }

    @Bean
    Retention retention(DataSource dataSource) {
        return new Retention(dataSource);
    }

    @Bean
    Approvals approvals(FeishuClient client, ObjectMapper json, DataSource dataSource) {
        return new Approvals(client, json, dataSource, Clock.systemDefaultZone());
    }

    @Bean
    Pairs pairs(
            HomeFiles files,
            Environment environment,
            FeishuClient client,
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            @Qualifier("erp") DataSource erp,
            ObjectMapper json,
            MeterRegistry meters,
            @Value("${orders.probe-period}") Duration probePeriod,
            MonthlyBudget budget,
            @Value("${feishu.app-id}") String appId,
            @Value("${sync.report-key}") String reportKey) {
        var keys = ReportKeys.of(reportKey);
        var parser = new PairDeclarationParser(environment::getProperty);
        return new Pairs(files.find("config/pairs/*.yaml").stream()
                .map(file -> new PairSync(
                        parser.parse(file.name(), read(file)),
                        client,
                        jdbc,
                        new TransactionTemplate(transactions),
                        erp,
                        json,
                        meters,
                        Clock.systemUTC(),
                        probePeriod,
                        quota(budget, appId),
                        keys))
                .toList());
    }

    private static Quota quota(MonthlyBudget budget, String appId) {
        return new Quota() {
            @Override
            public long limit() {
                return budget.limit();
            }

            @Override
            public long used() {
                return budget.used(appId);
            }
        };
    }

    /** Their queries run on the ERP's database. */
    @Bean
    Connectors connectors(
            HomeFiles files, Environment environment, @Qualifier("erp") DataSource erp, MeterRegistry meters) {
        Map<String, String> declared = new TreeMap<>();
        files.find("config/connectors/*.yaml").forEach(file -> declared.put(file.name(), read(file)));
        return new Connectors(declared, environment::resolvePlaceholders, erp, meters, Clock.systemUTC());
    }

    @Bean
    Texts texts(HomeFiles files, @Value("${feishu.locale}") String locale) {
        HomeFile file = files.file("config/texts/" + locale + ".yaml")
                .orElseThrow(() -> new IllegalStateException(
                        "feishu.locale is " + locale + ", but there is no config/texts/" + locale + ".yaml"));
        return Texts.read(locale, read(file));
    }

    @Bean
    CardTemplates cards(HomeFiles files, Texts texts, ObjectMapper json) {
        Map<String, String> cards = new TreeMap<>();
        for (HomeFile file : files.find("config/cards/*.json")) {
            String name = file.name();
            cards.put(name.substring("config/cards/".length(), name.length() - ".json".length()), read(file));
        }
        return new CardTemplates(cards, texts, json);
    }

    @Bean
    Audience audience(
            @Value("${feishu.bot.allowed-chats}") Set<String> chats,
            @Value("${feishu.bot.allowed-departments}") Set<String> departments) {
        return new Audience(chats, departments);
    }

    @Bean
    CallbackAnswers callbackAnswers() {
        return new CallbackAnswers();
    }

    @Bean
    FeishuPlatform feishuPlatform(
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
            Apps apps,
            KnownChats chats,
            CustomBots customBots,
            @Qualifier("clicked") IdempotentRepository clicked,
            Connectors connectors) {
        return new FeishuPlatform(
                clients,
                bots,
                journal,
                deadLetters,
                cards,
                texts,
                approvals,
                pairs,
                audience,
                answers,
                new CommandNames(),
                apps,
                chats,
                customBots,
                clicked,
                connectors);
    }

    /** {@code feishu.custom-bots.<name>.webhook}, {@code .secret} and {@code .keywords}. */
    @Bean
    CustomBots customBots(Environment environment) {
        CustomBots bots = new CustomBots();
        for (var bot : Binder.get(environment)
                .bind("feishu.custom-bots", Bindable.mapOf(String.class, CustomBotSettings.class))
                .orElse(Map.of())
                .entrySet()) {
            CustomBotSettings settings = bot.getValue();
            // a variable that nobody has set
            if (!settings.webhook().isBlank()) {
                bots = bots.with(bot.getKey(), settings.webhook(), settings.secret(), settings.keywords());
            }
        }
        return bots;
    }

    /** What the operator's interface may ask of the pairs. */
    @Bean
    PairOperations pairOperations(Pairs pairs, ObjectMapper json) {
        return new PairOperations() {
            @Override
            public JsonNode list() {
                var states = pairs.all().stream().map(PairSync::state).toList();
                return json.valueToTree(new Listed<>(states, states.size()));
            }

            @Override
            public Optional<JsonNode> state(String name) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.state()));
            }

            @Override
            public Optional<JsonNode> parked(String name, int page, int size) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.parked(page, size)));
            }

            @Override
            public Optional<JsonNode> retryParked(String name, String key, String recordId) {
                return pairs.find(name)
                        .map(pair -> json.createObjectNode().put("marked", pair.retryParked(key, recordId)));
            }

            @Override
            public Optional<JsonNode> conflicts(String name, int page, int size) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.undecided(page, size)));
            }

            @Override
            public Optional<JsonNode> decide(String name, long id, String take, String value, String by) {
                return pairs.find(name)
                        .flatMap(pair -> pair.decide(id, take, value, by))
                        .map(json::valueToTree);
            }

            @Override
            public Optional<JsonNode> deletes(String name, int page, int size) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.waitingDeletes(page, size)));
            }

            @Override
            public Optional<JsonNode> journal(String name, String key, int page, int size) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.overwritten(key, page, size)));
            }

            @Override
            public Optional<JsonNode> undo(String name, long id) {
                return pairs.find(name).flatMap(pair -> pair.undo(id)).map(json::valueToTree);
            }

            @Override
            public Optional<JsonNode> status(String name) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.status()));
            }

            @Override
            public Optional<JsonNode> reports(String name, int page, int size) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.reports(page, size)));
            }

            @Override
            public Optional<JsonNode> report(String name, long id) {
                return pairs.find(name).flatMap(pair -> pair.report(id));
            }

            @Override
            public Optional<String> captureSql(String name) {
                return pairs.find(name).map(PairSync::captureSql);
            }

            @Override
            public Optional<JsonNode> decideDeletes(String name, boolean approve) {
                return pairs.find(name)
                        .map(pair -> approve ? pair.approveDeletes() : pair.refuseDeletes())
                        .map(keys -> json.createObjectNode().set("keys", json.valueToTree(keys)));
            }

            @Override
            public Optional<JsonNode> verify(String name) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.verify()));
            }

            @Override
            public Optional<JsonNode> dryRun(String name) {
                return pairs.find(name).map(pair -> json.valueToTree(pair.dryRun()));
            }

            @Override
            public Optional<JsonNode> start(String name) {
                return pairs.find(name).map(pair -> {
                    pair.start();
                    return json.valueToTree(pair.state());
                });
            }
        };
    }

    /** Kamelets lie beside the routes; one on disk overrides its packed copy. */
    @Bean
    ComponentCustomizer kamelets(HomeFiles files) {
        return ComponentCustomizer.builder(KameletComponent.class)
                .build(kamelets ->
                        kamelets.setLocation("file:" + files.home().resolve(KAMELETS) + ",classpath:" + KAMELETS));
    }

    /** What a custom bot needs, as Feishu shows it when it is made. A private record would not be bound. */
    record CustomBotSettings(
            @DefaultValue("") String webhook,
            @DefaultValue("") String secret,
            @DefaultValue List<String> keywords) {}

    private static String read(HomeFile file) {
        try {
            return file.resource().getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.name(), e);
        }
    }
}
