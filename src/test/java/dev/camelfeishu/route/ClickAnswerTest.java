package dev.camelfeishu.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.component.CallbackAnswers;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.event.JournalUnavailableException;
import dev.camelfeishu.event.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A click is answered within 2.5 s, whatever happens behind it. */
class ClickAnswerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMillis(2_500);

    private final CallbackAnswers answers = new CallbackAnswers();

    private static FeishuEvent click(String type) {
        return new FeishuEvent(
                "cli_x",
                "t",
                "e1",
                type,
                "om_1",
                Instant.EPOCH,
                JSON.createObjectNode().put("token", "c-1"));
    }

    private record Answer(int status, JsonNode body, Duration took) {}

    private Answer answer(CompletableFuture<EventJournal.Awaited> stored, Verdict.Callback callback) throws Exception {
        Texts texts = Texts.read("en-US", Files.readString(Path.of("config/texts/en-US.yaml")));
        ClickAnswer clicks = new ClickAnswer(new StoringJournal(stored), answers, texts);
        long begin = System.nanoTime();
        WebhookAnswer answer = clicks.answered(callback).get(10, TimeUnit.SECONDS);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        return new Answer(answer.status(), JSON.readTree(answer.body()), took);
    }

    private Answer answer(CompletableFuture<EventJournal.Awaited> stored) throws Exception {
        return answer(stored, new Verdict.Callback(click("card.action.trigger"), Verdict.Format.ENVELOPE));
    }

    private static CompletableFuture<EventJournal.Awaited> stored(
            boolean duplicate, List<Long> deliveries, CompletableFuture<Void> outcome) {
        return CompletableFuture.completedFuture(new EventJournal.Awaited(
                new EventJournal.Appended(1, duplicate, deliveries.size(), deliveries), outcome));
    }

    /** The business hangs, the lane is full, another node has the delivery: nothing ever comes back. */
    @Test
    void nothing_that_comes_back_is_a_neutral_toast() throws Exception {
        Answer answer = answer(stored(false, List.of(7L), new CompletableFuture<>()));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().at("/toast/type").asText()).isEqualTo("info");
        assertThat(answer.took()).isLessThan(LIMIT);
        // and the route, when it is done, finds that nobody waits
        assertThat(answers.take(click("card.action.trigger"))).isEmpty();
    }

    @Test
    void a_store_that_hangs_is_503_in_time() throws Exception {
        Answer answer = answer(new CompletableFuture<>());
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.took()).isLessThan(LIMIT);
    }

    @Test
    void a_store_that_fails_is_503_at_once() throws Exception {
        Answer answer = answer(CompletableFuture.failedFuture(new JournalUnavailableException("away")));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body().toString()).doesNotContain("away");
    }

    @Test
    void a_business_that_fails_names_the_reference() throws Exception {
        Answer answer = answer(stored(
                false, List.of(4711L), CompletableFuture.failedFuture(new IllegalStateException("secret detail"))));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().at("/toast/type").asText()).isEqualTo("error");
        assertThat(answer.body().at("/toast/content").asText()).contains("4711").doesNotContain("secret detail");
    }

    @Test
    void a_repeated_click_is_answered_by_nothing() throws Exception {
        assertThat(answer(stored(true, List.of(), CompletableFuture.completedFuture(null)))
                        .body())
                .isEqualTo(JSON.createObjectNode());
    }

    @ParameterizedTest
    @CsvSource({"card.action.trigger, warning", "url.preview.get, ''"})
    void what_no_route_takes_is_a_warning_and_a_preview_just_its_link(String type, String toast) throws Exception {
        Answer answer = answer(
                stored(false, List.of(), CompletableFuture.completedFuture(null)),
                new Verdict.Callback(click(type), Verdict.Format.ENVELOPE));
        assertThat(answer.body().at("/toast/type").asText()).isEqualTo(toast);
    }

    /** Stores callbacks as a test says. */
    private record StoringJournal(CompletableFuture<Awaited> stored) implements EventJournal {

        @Override
        public CompletableFuture<Awaited> appendCallback(FeishuEvent callback) {
            return stored;
        }

        @Override
        public CompletableFuture<Appended> append(FeishuEvent event) {
            throw new UnsupportedOperationException("only callbacks");
        }

        @Override
        public Subscription subscribe(String name, Options options, Filter filter, Handler handler) {
            throw new UnsupportedOperationException("only callbacks");
        }

        @Override
        public void open() {
            // it is open from the beginning
        }
    }
}
