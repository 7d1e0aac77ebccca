package dev.camelfeishu;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.component.RouteNeeds;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.openapi.EndpointCatalog;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.LocalTurns;
import dev.camelfeishu.openapi.SdkFeishuClient;
import dev.camelfeishu.ops.Flow;
import dev.camelfeishu.ops.ScopeReport;
import dev.camelfeishu.sync.PairDeclarationException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.StringUtils;

/**
 * {@code scopes}: prints the smallest set of scopes and subscriptions that the routes need, as text and as JSON for the
 * developer console, and which scopes the app lacks. It needs neither a database nor credentials; without these it compares
 * nothing. Flows that would not start count only with {@code --all}.
 */
final class ScopesCommand {

    private final ConfigurableEnvironment environment;
    private final PrintStream out;

    private ScopesCommand(ConfigurableEnvironment environment, PrintStream out) {
        this.environment = environment;
        this.out = out;
    }

    /** @return the process's exit status: 0, or 1 when a route names what does not exist or a pair is declared wrongly */
    static int run(String[] args, PrintStream out, PrintStream err) {
        try (var context = SettingsOnly.open(args)) {
            new ScopesCommand(context.getEnvironment(), out).print();
            return 0;
        } catch (IllegalArgumentException | PairDeclarationException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private void print() {
        HomeFiles files = new HomeFiles(HomeFolder.of(environment));
        boolean all = environment.containsProperty("all");
        List<Flow> counted = new ArrayList<>();
        List<Flow> left = new ArrayList<>();
        for (Flow flow : RouteFiles.choose(files, environment).flows()) {
            if (all || flow.missing().isEmpty()) {
                counted.add(flow);
            } else {
                left.add(flow);
            }
        }
        RouteNeeds needs = FlowNeeds.of(files, counted, environment);
        ScopeReport report = ScopeReport.of(needs);

        report.lines().forEach(out::println);
        out.println();
        out.println("To paste under Permissions & Scopes, Batch import/export scopes:");
        out.println(report.json());
        out.println();
        for (Flow flow : left) {
            out.println("Not counted: " + flow.file() + ", which does not start without "
                    + String.join(", ", flow.missing()) + "; --all counts it");
        }
        out.println(comparison(needs));
    }

    private String comparison(RouteNeeds needs) {
        String appId = environment.getProperty("feishu.app-id");
        String appSecret = environment.getProperty("feishu.app-secret");
        if (!StringUtils.hasText(appId) || !StringUtils.hasText(appSecret)) {
            return "Not compared with the app's scopes: FEISHU_APP_ID and FEISHU_APP_SECRET are not set";
        }
        try (var client = new SdkFeishuClient(
                new BaseUrl(environment.getRequiredProperty("feishu.base-url")),
                new AppCredentials(appId, appSecret),
                EndpointCatalog.packed(),
                new LocalTurns(),
                new SimpleMeterRegistry())) {
            Set<String> granted = new HashSet<>();
            for (JsonNode scope : client.call(ApiRequest.get("/open-apis/application/v6/scopes"))
                    .data()
                    .path("scopes")) {
                if (scope.path("grant_status").asInt() == 1) {
                    granted.add(scope.path("scope_name").asText());
                }
            }
            SortedSet<String> lacking = ScopeReport.lacking(needs, granted).scopes();
            return lacking.isEmpty() ? "The app has all of them" : "The app lacks: " + String.join(", ", lacking);
        } catch (FeishuException e) {
            return "Not compared with the app's scopes: " + e.getMessage();
        }
    }
}
