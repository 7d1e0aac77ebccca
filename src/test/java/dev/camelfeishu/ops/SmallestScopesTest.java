package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SmallestScopesTest {

    @Example
    void oneScopeForMuchOutranksManyForOneEach() {
        assertThat(SmallestScopes.of(List.of(
                        Set.of("im:message", "im:message:send"),
                        Set.of("im:message", "im:message.pins:read"),
                        Set.of("im:message", "im:message:readonly"))))
                .containsExactly("im:message");
    }

    @Example
    void readingIsEnoughWhereNothingIsWritten() {
        assertThat(SmallestScopes.of(List.of(
                        Set.of("bitable:app", "bitable:app:readonly", "base:record:retrieve"),
                        Set.of("bitable:app", "bitable:app:readonly"))))
                .containsExactly("bitable:app:readonly");
    }

    @Example
    void aPartOutranksTheWhole() {
        assertThat(SmallestScopes.of(List.of(Set.of("im:message", "im:message:send_as_bot"))))
                .containsExactly("im:message:send_as_bot");
    }

    @Example
    void whatNeedsNoneGetsNone() {
        assertThat(SmallestScopes.of(List.of(Set.of()))).isEmpty();
    }

    /** Each demand is met, and no scope could be left out. */
    @Property(tries = 300)
    void everyDemandIsMetByWhatIsNeeded(
            @ForAll @Size(max = 8) List<@Size(min = 1, max = 4) Set<@IntRange(min = 0, max = 7) Integer>> drawn) {
        List<Set<String>> demands = drawn.stream()
                .map(any -> Set.copyOf(any.stream().map(number -> "s:" + number).toList()))
                .toList();
        Set<String> chosen = SmallestScopes.of(demands);

        assertThat(demands).allSatisfy(demand -> assertThat(chosen).containsAnyElementsOf(demand));
        assertThat(chosen)
                .allSatisfy(scope -> assertThat(demands)
                        .anyMatch(demand -> demand.contains(scope)
                                && demand.stream().filter(chosen::contains).count() == 1));
    }
}
