package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.FeishuEvent;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Where the webhook and the lane meet over a click. */
class CallbackAnswersTest {

    private final CallbackAnswers answers = new CallbackAnswers();
    private final FeishuEvent click = Events.event("card.action.trigger", "{}");
    private final JsonNode answer = FakeFeishu.json("{'toast': {'content': 'Done'}}");

    @Test
    void anAnswerInTimeIsTaken() {
        answers.expect(click);

        assertThat(answers.give(click, answer)).isTrue();
        assertThat(answers.take(click)).contains(answer);
    }

    @Test
    void anAnswerThatComesTooLateIsRefused() {
        answers.expect(click);
        assertThat(answers.take(click)).isEmpty();

        assertThat(answers.give(click, answer)).isFalse();
    }

    @Test
    void whereNobodyWaitsAnAnswerIsRefused() {
        assertThat(answers.give(click, answer)).isFalse();
        assertThat(answers.take(click)).isEmpty();
    }

    @Test
    void aClickIsAnsweredOnce() {
        answers.expect(click);

        assertThat(answers.give(click, answer)).isTrue();
        assertThat(answers.give(click, answer)).isFalse();
        assertThat(answers.take(click)).contains(answer);
        assertThat(answers.take(click)).isEmpty();
    }

    @Test
    void aRepeatedRequestDoesNotTakeTheFirstOnesPlace() {
        assertThat(answers.expect(click)).isTrue();
        assertThat(answers.expect(click)).isFalse();
    }

    @Test
    void anAnswerIsEitherTakenOrRefusedHoweverCloseTheyMeet() throws Exception {
        ExecutorService lane = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 2_000; round++) {
                answers.expect(click);
                CountDownLatch together = new CountDownLatch(1);
                Future<Boolean> given = lane.submit(() -> {
                    together.await();
                    return answers.give(click, answer);
                });
                together.countDown();
                Optional<JsonNode> taken = answers.take(click);

                assertThat(given.get(5, TimeUnit.SECONDS)).isEqualTo(taken.isPresent());
            }
        } finally {
            lane.shutdownNow();
        }
    }
}
