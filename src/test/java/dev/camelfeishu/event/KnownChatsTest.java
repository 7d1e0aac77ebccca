package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.KnownChats.Chat;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KnownChatsTest {

    private static final Instant NOW = Instant.parse("2026-01-10T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    private static JournalDatabase database;

    private KnownChats chats;

    @BeforeAll
    static void start() throws IOException {
        database = new JournalDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.truncate();
        database.sql.update("truncate feishu.chat, feishu.watch");
        chats = new KnownChats(database.dataSource());
    }

    private void stored(String type, String chat, String chatType, Instant at) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        if (chatType == null) {
            event.put("chat_id", chat);
        } else {
            event.putObject("message").put("chat_id", chat).put("chat_type", chatType);
        }
        try (PostgresEventJournal journal =
                new PostgresEventJournal(database.dataSource(), JournalSettings.of("n1"), new SimpleMeterRegistry())) {
            journal.start();
            journal.open();
            journal.append(FeishuEvent.missed("cli_x", "t", type + chat + at.toEpochMilli(), type, event, at))
                    .join();
        }
    }

    private List<Chat> due(Instant now) {
        return chats.due("cli_x", now, DAY, DAY.multipliedBy(2));
    }

    @Test
    void chats_are_learned_from_events_and_due_a_day_after_the_first() {
        chats.beat(NOW);
        stored("im.message.receive_v1", "oc_a", "p2p", NOW);
        stored("im.message.receive_v1", "oc_a", "p2p", NOW.plusSeconds(60));
        stored("im.chat.member.bot.added_v1", "oc_b", null, NOW);
        stored("im.chat.disbanded_v1", "oc_c", null, NOW);
        chats.learn();
        chats.learn();

        assertThat(due(NOW.plusSeconds(3600))).isEmpty();
        assertThat(due(NOW.plus(DAY)))
                .containsExactly(
                        new Chat("cli_x", "t", "oc_a", true, NOW.minusSeconds(60)),
                        new Chat("cli_x", "t", "oc_b", false, NOW.minusSeconds(60)));
        assertThat(chats.due("cli_y", NOW.plus(DAY), DAY, DAY)).isEmpty();
    }

    @Test
    void a_time_without_a_beat_is_an_outage_after_which_every_chat_is_due() {
        assertThat(chats.beat(NOW)).isEmpty();
        stored("im.message.receive_v1", "oc_a", "p2p", NOW);
        chats.learn();
        assertThat(chats.beat(NOW.plusSeconds(30))).isEmpty();
        assertThat(due(NOW.plusSeconds(30))).isEmpty();

        Instant back = NOW.plusSeconds(600);
        assertThat(chats.beat(back)).contains(NOW.plusSeconds(30));

        List<Chat> due = due(back);
        assertThat(due).containsExactly(new Chat("cli_x", "t", "oc_a", true, NOW.minusSeconds(60)));
        chats.looked(due.get(0), back);
        assertThat(due(back)).isEmpty();
        assertThat(due(back.plus(DAY))).extracting(Chat::since).containsExactly(back.minusSeconds(60));
    }

    @Test
    void nobody_looks_further_back_than_asked() {
        chats.beat(NOW);
        stored("im.message.receive_v1", "oc_a", "p2p", NOW);
        chats.learn();
        Instant later = NOW.plus(Duration.ofDays(10));
        assertThat(due(later)).extracting(Chat::since).containsExactly(later.minus(DAY.multipliedBy(2)));
    }

    @Test
    void one_process_looks_at_a_time() {
        chats.beat(NOW);
        Instant soon = Instant.now().plusSeconds(60);
        assertThat(chats.lease(soon, Duration.ofMinutes(5))).isTrue();
        assertThat(chats.lease(soon.plusSeconds(299), Duration.ofMinutes(5))).isFalse();
        assertThat(chats.lease(soon.plusSeconds(300), Duration.ofMinutes(5))).isTrue();
        chats.release(soon.plusSeconds(301));
        assertThat(chats.lease(soon.plusSeconds(301), Duration.ofMinutes(5))).isTrue();
    }
}
