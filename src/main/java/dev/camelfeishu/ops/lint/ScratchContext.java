package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.approval.Approvals;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.component.Audience;
import dev.camelfeishu.component.CallbackAnswers;
import dev.camelfeishu.component.CommandNames;
import dev.camelfeishu.component.CustomBots;
import dev.camelfeishu.component.FeishuComponent;
import dev.camelfeishu.component.FeishuPlatform;
import dev.camelfeishu.connector.Connectors;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.KnownChats;
import dev.camelfeishu.openapi.Bots;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuClients;
import dev.camelfeishu.sync.PairDeclarationException;
import dev.camelfeishu.sync.PairDeclarationParser;
import dev.camelfeishu.sync.PairSync;
import dev.camelfeishu.sync.Pairs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.stub.StubComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.spi.PropertiesFunction;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A Camel context beside the application's own, with the same components and beans, in which routes are built for a look or a
 * test. No route starts by itself and nothing leaves the process.
 */
public final class ScratchContext implements AutoCloseable {

    /** The beans of the application that a route may name. */
    public static final Set<String> BEANS = Set.of("erp", "dataSource", "answered", "clicked");

    private static final Pattern APP = Pattern.compile("feishu\\.apps\\.([a-z0-9-]+)\\..*");
    private static final Pattern BOT = Pattern.compile("feishu\\.custom-bots\\.([A-Za-z0-9-]+)\\..*");
    /** What a route that would begin by itself begins with in a test. */
    public static final String BEGIN = "direct:route-test/";

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[^}]*}");
    /** Stands where a setting has no value on this machine. */
    private static final String UNSET = "unset";

    /** A context that can set up routes which it does not start. */
    private static final class Building extends DefaultCamelContext {

        private void setUp(String routeId) {
            getRouteServices().get(routeId).setUp();
        }
    }

    /** What routes begin with that deliver what a test gives them; any other is given its exchange directly. */
    private static final Pattern DELIVERING =
            Pattern.compile("direct:.*|feishu:(//)?(event|command|card/action|approval/changes).*|kamelet:.*");

    private final Building camel = new Building();
    private final IdempotentRepository answered = MemoryIdempotentRepository.memoryIdempotentRepository();
    private final IdempotentRepository clicked = MemoryIdempotentRepository.memoryIdempotentRepository();
    private final FeishuPlatform platform;
    private final boolean running;

    /** A context that builds routes and starts none. */
    public static ScratchContext building(Home home, Settings settings) {
        return new ScratchContext(home, settings, Outside.nothing(), null);
    }

    /**
     * A context that runs routes. One that would begin by itself, such as with a timer, begins with {@code direct:route-test/}
     * and its id.
     *
     * @param steps wrapped around every step
     */
    public static ScratchContext running(Home home, Settings settings, Outside outside, InterceptStrategy steps) {
        return new ScratchContext(home, settings, outside, steps);
    }

    private ScratchContext(Home home, Settings settings, Outside outside, InterceptStrategy steps) {
        running = steps != null;
        camel.getCamelContextExtension().setName("scratch");
        camel.setStartupSummaryLevel(StartupSummaryLevel.Off);
        camel.setLoadTypeConverters(true);
        camel.setSourceLocationEnabled(true);
        camel.disableJMX();
        camel.getShutdownStrategy().setTimeout(5);
        camel.getShutdownStrategy().setShutdownNowOnTimeout(true);
        settings(settings);
        beans(outside);
        FeishuComponent feishu = new FeishuComponent();
        platform = platform(home, settings, outside);
        feishu.setPlatform(platform);
        camel.addComponent("feishu", feishu);
        camel.addComponent("kamelet", new KameletComponent());
        // nothing fires here
        StubComponent quartz = new StubComponent();
        quartz.setAutowiredEnabled(false);
        camel.addComponent("quartz", quartz);
        PlatformHttpComponent http = new PlatformHttpComponent();
        http.setEngine(new NoHttp());
        camel.addComponent("platform-http", http);
        camel.addModelLifecycleStrategy(new ModelLifecycleStrategySupport() {
            @Override
            public void onAddRouteDefinition(RouteDefinition route) {
                if (!running) {
                    route.setAutoStartup("false");
                } else if (!DELIVERING.matcher(route.getInput().getUri()).matches()) {
                    route.getInput().setUri(BEGIN + route.getId());
                }
            }
        });
        if (running) {
            camel.getCamelContextExtension().addInterceptStrategy(steps);
        }
        camel.start();
    }

    public DefaultCamelContext camel() {
        return camel;
    }

    public FeishuPlatform platform() {
        return platform;
    }

    /** What was answered or clicked once may be so again. */
    public void forget() {
        answered.clear();
        clicked.clear();
    }

    /** Adds the routes and route configurations of a file, and builds all that its routes consist of. */
    public void load(SourceFile file) throws Exception {
        Set<String> before = ids();
        var loader = PluginHelper.getRoutesLoader(camel);
        loader.loadRoutes(
                ResourceHelper.fromBytes("scratch:" + file.name(), file.text().getBytes(StandardCharsets.UTF_8)));
        for (String added : ids()) {
            if (!running && !before.contains(added)) {
                camel.setUp(added);
            }
        }
    }

    private Set<String> ids() {
        return camel.getRoutes().stream().map(Route::getRouteId).collect(Collectors.toSet());
    }

    @Override
    public void close() {
        camel.stop();
    }

    private void settings(Settings settings) {
        var properties = camel.getPropertiesComponent();
        properties.addPropertiesSource(new PropertiesSource() {
            @Override
            public String getName() {
                return "settings";
            }

            @Override
            public String getProperty(String name) {
                if (!settings.declares(name)) {
                    return null;
                }
                String value = settings.value(name);
                return value == null || value.isBlank() ? UNSET : value;
            }
        });
        // a variable that is set where the application runs, and not here
        properties.addPropertiesFunction(new PropertiesFunction() {
            @Override
            public String getName() {
                return "env";
            }

            @Override
            public String apply(String remainder) {
                int colon = remainder.indexOf(':');
                String name = colon < 0 ? remainder : remainder.substring(0, colon);
                String value = System.getenv(name);
                return value != null ? value : colon < 0 ? UNSET : remainder.substring(colon + 1);
            }
        });
    }

    private void beans(Outside outside) {
        var registry = camel.getRegistry();
        registry.bind("erp", outside.erp());
        registry.bind("dataSource", outside.erp());
        registry.bind("answered", answered);
        registry.bind("clicked", clicked);
        registry.bind("objectMapper", mapper());
    }

    private static ObjectMapper mapper() {
        return new ObjectMapper().findAndRegisterModules();
    }

    private FeishuPlatform platform(Home home, Settings settings, Outside outside) {
        Texts texts = texts(home, settings.value("feishu.locale"));
        Map<String, String> apps = new LinkedHashMap<>();
        apps.put(Apps.DEFAULT, "cli_default");
        names(settings, APP).forEach(name -> apps.put(name, "cli_" + name));
        FeishuClients clients = new FeishuClients() {
            @Override
            public FeishuClient client(String appName) {
                if (!apps.containsKey(appName)) {
                    throw new IllegalArgumentException(
                            "no app is named " + appName + "; there are: " + String.join(", ", apps.keySet()));
                }
                return outside.feishu();
            }

            @Override
            public FeishuClient client(String appName, String tenantKey) {
                return client(appName);
            }
        };
        CustomBots bots = new CustomBots();
        for (String bot : names(settings, BOT)) {
            bots = bots.with(bot, "00000000-0000-4000-8000-000000000000", "", List.of());
        }
        ObjectMapper json = mapper();
        JdbcTemplate jdbc = new JdbcTemplate(outside.erp());
        return new FeishuPlatform(
                clients,
                new Bots(clients),
                outside.journal(),
                outside.deadLetters(),
                new CardTemplates(cards(home, texts, json), texts, json),
                texts,
                new Approvals(outside.feishu(), json, outside.erp(), Clock.systemDefaultZone()),
                pairs(home, settings, outside, jdbc, json),
                new Audience(Set.of(), Set.of()),
                new CallbackAnswers(),
                new CommandNames(),
                new Apps(apps),
                new KnownChats(outside.erp()),
                bots,
                clicked,
                connectors(
                        home.connectors().stream()
                                // said of the file itself
                                .filter(file -> Linter.connector(file).isEmpty())
                                .toList(),
                        outside.erp()));
    }

    /** The text of a declaration as where its variables are set. */
    static String withValues(String text) {
        return VARIABLE.matcher(text).replaceAll(UNSET);
    }

    private static Connectors connectors(List<SourceFile> files, DataSource erp) {
        Map<String, String> declared = new LinkedHashMap<>();
        files.forEach(file -> declared.put(file.name(), file.text()));
        return new Connectors(declared, ScratchContext::withValues, erp, new SimpleMeterRegistry(), Clock.systemUTC());
    }

    private static Set<String> names(Settings settings, Pattern pattern) {
        Set<String> names = new TreeSet<>();
        for (String key : settings.keys()) {
            Matcher matcher = pattern.matcher(key);
            if (matcher.matches()) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    static Texts texts(Home home, String locale) {
        for (SourceFile file : home.texts()) {
            if (Home.stem(file.name()).equals(locale)) {
                try {
                    return Texts.read(locale, file.text());
                } catch (IllegalArgumentException e) {
                    // said of the file itself
                    return new Texts(locale, Map.of());
                }
            }
        }
        return new Texts(String.valueOf(locale), Map.of());
    }

    /** A card that is wrong is there all the same: what names it is right. */
    private static Map<String, String> cards(Home home, Texts texts, ObjectMapper json) {
        Map<String, String> cards = new LinkedHashMap<>();
        for (SourceFile file : home.cards()) {
            String name = Home.stem(file.name());
            try {
                new CardTemplates(Map.of(name, file.text()), texts, json);
                cards.put(name, file.text());
            } catch (IllegalArgumentException e) {
                cards.put(name, "{}");
            }
        }
        return cards;
    }

    private static Pairs pairs(Home home, Settings settings, Outside outside, JdbcTemplate jdbc, ObjectMapper json) {
        var transactions = new TransactionTemplate(new DataSourceTransactionManager(outside.erp()));
        List<PairSync> pairs = new ArrayList<>();
        for (SourceFile file : home.pairs()) {
            try {
                pairs.add(new PairSync(
                        parser(settings).parse(file.name(), file.text()),
                        outside.feishu(),
                        jdbc,
                        transactions,
                        outside.erp(),
                        json,
                        new SimpleMeterRegistry(),
                        Clock.systemUTC(),
                        Duration.ofMinutes(1)));
            } catch (PairDeclarationException e) {
                // said of the file itself
                continue;
            }
        }
        return new Pairs(pairs);
    }

    /** Reads declarations as where their variables are set. */
    static PairDeclarationParser parser(Settings settings) {
        return new PairDeclarationParser(name -> {
            String value = settings.value(name);
            return value == null || value.isBlank() ? UNSET : value;
        });
    }

    /** Serves nothing. */
    private static final class NoHttp implements PlatformHttpEngine {
        @Override
        public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
            return new Idle(endpoint, processor);
        }

        @Override
        public int getServerPort() {
            return 0;
        }

        private static final class Idle extends DefaultConsumer implements PlatformHttpConsumer {
            private Idle(PlatformHttpEndpoint endpoint, Processor processor) {
                super(endpoint, processor);
            }

            @Override
            public PlatformHttpEndpoint getEndpoint() {
                return (PlatformHttpEndpoint) super.getEndpoint();
            }
        }
    }
}
