package dev.camelfeishu.event;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The chats that messages came from, and up to when the history of each was compared with the journal. It learns them from
 * the stored events. A time in which nobody called {@link #beat} was an outage: what was said in it may have been lost.
 */
public final class KnownChats {

    /** So long may pass between two beats without being an outage. */
    private static final Duration GAP = Duration.ofMinutes(2);
    /** Messages are looked for from a little before: clocks differ. */
    private static final Duration OVERLAP = Duration.ofMinutes(1);

    private static final int BATCH = 5_000;

    private final JdbcTemplate jdbc;

    public KnownChats(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
    }

    /**
     * A chat whose history is due.
     *
     * @param direct whether it is a chat of the bot with one person
     * @param since from when on
     */
    public record Chat(String appId, String tenantKey, String chatId, boolean direct, Instant since) {}

    /**
     * Says that events can be stored now. After a gap every chat is due from its begin on. To be called every half minute or
     * so, by any process.
     *
     * @return when the outage began that has just ended, if one has
     */
    public Optional<Instant> beat(Instant now) {
        // two processes that see the same gap do the same twice
        List<Instant> beats = jdbc.query(
                "select beat_at from feishu.watch", (row, number) -> instant(row.getObject(1, OffsetDateTime.class)));
        Optional<Instant> before =
                beats.stream().filter(beat -> !beat.plus(GAP).isAfter(now)).findFirst();
        // the chats first: a process that ends in between sees the same gap again
        before.ifPresent(
                beat -> jdbc.update("update feishu.chat set outage_from = ? where outage_from is null", utc(beat)));
        jdbc.update("""
                insert into feishu.watch as w (beat_at) values (?)
                on conflict (single) do update set beat_at = greatest(w.beat_at, excluded.beat_at)""", utc(now));
        return before;
    }

    /** Takes up the chats of events stored since it was last called. */
    public void learn() {
        int read;
        do {
            read = jdbc.queryForObject("""
                    with batch as materialized (
                        select id, app_id, tenant_key, type, created_at, payload::json -> 'event' as event
                        from feishu.event
                        where id > (select learned_id from feishu.watch) and payload is not null
                        order by id limit ?)
                    , heard as (
                        select app_id, tenant_key, created_at,
                               coalesce(event ->> 'chat_id', event #>> '{message,chat_id}') as chat_id,
                               type in ('p2p_chat_create', 'im.chat.access_event.bot_p2p_chat_entered_v1')
                                   or coalesce(event #>> '{message,chat_type}' = 'p2p', false) as direct
                        from batch
                        where type in ('im.message.receive_v1', 'im.chat.member.bot.added_v1', 'p2p_chat_create',
                                       'im.chat.access_event.bot_p2p_chat_entered_v1'))
                    , known as (
                        insert into feishu.chat (app_id, tenant_key, chat_id, direct, looked_at)
                        select app_id, tenant_key, chat_id, bool_or(direct), min(created_at)
                        from heard where chat_id is not null group by 1, 2, 3
                        on conflict do nothing)
                    , learned as (update feishu.watch set learned_id = (select max(id) from batch) where exists (select from batch))
                    select count(*) from batch""", Integer.class, BATCH);
        } while (read == BATCH);
    }

    /** Lets one process look at a time; false while another one does, or did until its time was over. */
    public boolean lease(Instant now, Duration time) {
        return jdbc.update(
                        "update feishu.watch set lease_until = ? where lease_until <= ?", utc(now.plus(time)), utc(now))
                == 1;
    }

    /** Gives the lease back. */
    public void release(Instant now) {
        jdbc.update("update feishu.watch set lease_until = ?", utc(now));
    }

    /**
     * Chats of one app that an outage has touched, and those that nobody has looked at for so long.
     *
     * @param most how far back at most
     */
    public List<Chat> due(String appId, Instant now, Duration period, Duration most) {
        return jdbc.query(
                """
                select app_id, tenant_key, chat_id, direct, greatest(looked_at - ?::interval, ?)
                from feishu.chat
                where app_id = ? and (outage_from is not null or looked_at <= ?)
                order by direct desc, chat_id""",
                (row, number) -> new Chat(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBoolean(4),
                        instant(row.getObject(5, OffsetDateTime.class))),
                OVERLAP.toString(),
                utc(now.minus(most)),
                appId,
                utc(now.minus(period)));
    }

    /** The chat's history was compared up to that time. */
    public void looked(Chat chat, Instant until) {
        jdbc.update("""
                update feishu.chat set outage_from = null, looked_at = greatest(looked_at, ?)
                where app_id = ? and tenant_key = ? and chat_id = ?""", utc(until), chat.appId(), chat.tenantKey(), chat.chatId());
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static Instant instant(OffsetDateTime time) {
        return time.toInstant();
    }
}
