package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A command")
class CommandNamesTest {

    private static final String APP = "default";

    private final CommandNames names = new CommandNames();

    @Test
    @DisplayName("is kept while its route is stopped, and given back when the route is removed")
    void isGivenBack() throws Exception {
        FakePlatform fake = new FakePlatform();
        FeishuComponent component = fake.component();
        CommandNames taken = component.getPlatform().commandNames();
        try (var camel = component.getCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("feishu:command/order").routeId("order").to("mock:end");
                }
            });
            camel.start();
            assertThat(taken.isTaken(APP, "order")).isTrue();

            camel.getRouteController().stopRoute("order");
            assertThat(taken.isTaken(APP, "order")).isTrue();

            camel.getRouteController().startRoute("order");
            camel.getRouteController().stopRoute("order");
            camel.removeRoute("order");
            assertThat(taken.isTaken(APP, "order")).isFalse();
        }
    }

    @Test
    @DisplayName("stays taken from the removal of one route to the coming of the next, while they are replaced")
    void staysTakenDuringAHold() {
        names.take(APP, "order", "route");
        try (var hold = names.hold()) {
            names.giveBack(APP, "order", "route");
            assertThat(names.isTaken(APP, "order")).isTrue();
            names.take(APP, "order", "route");
        }
        assertThat(names.isTaken(APP, "order")).isTrue();
        names.giveBack(APP, "order", "route");
        assertThat(names.isTaken(APP, "order")).isFalse();
    }
}
