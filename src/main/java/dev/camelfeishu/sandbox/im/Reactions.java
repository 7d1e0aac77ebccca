package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The reactions to messages, of people and of the bot. The bot is told of those in its chats, also of its own.
 *
 * <p>Not documented, and so chosen: a second reaction of one operator with the same emoji is the first.
 */
public final class Reactions {
    /** The documented values of {@code emoji_type}. */
    private static final Set<String> EMOJIS = Set.of("""
            18X 2022 ANGRY APPLAUSE AWESOMEN Alarm BEAR BEER BETRAYED BLUBBER BLUSH BOMB BULL Basketball
            BeamingFace BubbleTea CAKE CALF CANDIEDHAWS CHUCKLE CLAP CLEAVER COMFORT CRAZY CRY CUCUMBER
            CheckMark ClownFace Coffee ColdSweat CrossMark DIZZY DONE DROOL DROWSY DULL Delighted Drumstick
            EMBARRASSED ENOUGH ERROR EYESCLOSED EatingFood FACEPALM FINGERHEART FIRECRACKER FIREWORKS FISTBUMP
            FORTUNE FROWN Fire FullMoonFace GIFT GLANCE GeneralBusinessTrip GeneralDoNotDisturb
            GeneralInMeetingBusy GeneralMoonRest GeneralSun GeneralTravellingCar GeneralWorkFromHome Get GoGoGo
            HAMMER HAUGHTY HEADSET HEART HEARTBROKEN HIGHFIVE HUG HUSKY HappyDragon Hundred INNOCENTSMILE JIAYI
            JOYFUL JubilantRabbit KISS LAUGH LGTM LIPS LOL LOOKDOWN LOVE LUCK Lemon Loudspeaker MONEY MUSCLE
            MeMeMe MinusOne MoonRabbit Mooncake Movie Music NOSEPICK No OBSESSED OK OKR OnIt OneSecond PARTY
            PETRIFIED POOP PRAISE PROUD PUKE Partying Pepper Pin Pumpkin RAINBOWPUKE REDPACKET ROSE RoarForYou
            SALUTE SCOWL SHAKE SHHH SHOCKED SHOWOFF SHY SICK SILENT SKULL SLAP SLEEP SLIGHT SMART SMILE SMIRK
            SMOOCH SMUG SOB SPEECHLESS SPITBLOOD STRIVE SWEAT SaluteFace Shrug Sigh Snowman Soccer StatusBus
            StatusEnjoyLife StatusFlashOfInspiration StatusInFlight StatusReading Status_PrivateMessage
            StickyRiceBalls TEARS TEASE TERROR THANKS THINKING THUMBSUP TOASTED TONGUE TRICK TV ThanksFace
            ThumbsDown Trophy Typing UPPERLEFT VRHeadset WAIL WAVE WHAT WHIMPER WINK WITTY WOW WRONGED XBLUSH
            XmasHat XmasTree YAWN YEAH Yes YouAreTheBest
            """.strip().split("\\s+"));

    /**
     * A reaction.
     *
     * @param operator open_id of a person, app_id of the bot
     */
    record Reaction(long seq, String id, String messageId, String emoji, String operator, long createdMs) {}

    private final SandboxDatabase database;
    private final Messages messages;
    private final Conversations conversations;
    private final People people;
    private final Pushes pushes;

    public Reactions(
            SandboxDatabase database, Messages messages, Conversations conversations, People people, Pushes pushes) {
        this.database = database;
        this.messages = messages;
        this.conversations = conversations;
        this.people = people;
        this.pushes = pushes;
    }

    /** @throws Denial 231001, 231003, 232009, 230110, 231002 or 231017 */
    Reaction add(Actor operator, String messageId, String emoji) {
        known(emoji);
        return database.inTransaction(() -> {
            Message message = active(operator, messageId);
            if (message.msgType().equals("system")) {
                throw new Denial(231017);
            }
            int added = database.jdbc()
                    .update(
                            "insert into sandbox.reaction (reaction_id, message_id, emoji_type, operator, created_ms)"
                                    + " values (?, ?, ?, ?, ?) on conflict (message_id, emoji_type, operator) do nothing",
                            UUID.randomUUID().toString().replace("-", ""),
                            messageId,
                            emoji,
                            operator.id(),
                            System.currentTimeMillis());
            Reaction reaction = select(
                            "message_id = ? and emoji_type = ? and operator = ?", messageId, emoji, operator.id())
                    .get(0);
            if (added > 0) {
                tell("im.message.reaction.created_v1", message, reaction, reaction.createdMs());
            }
            return reaction;
        });
    }

    /** @throws Denial 231003, 232009, 230110, 231002, 231011, 231010 or 231007 */
    Reaction remove(Actor operator, String messageId, String reactionId) {
        return database.inTransaction(() -> {
            Message message = active(operator, messageId);
            Reaction reaction =
                    select("reaction_id = ?", reactionId).stream().findFirst().orElseThrow(() -> new Denial(231011));
            if (!reaction.messageId().equals(messageId)) {
                throw new Denial(231010);
            }
            if (!reaction.operator().equals(operator.id())) {
                throw new Denial(231007);
            }
            database.jdbc().update("delete from sandbox.reaction where reaction_id = ?", reactionId);
            tell("im.message.reaction.deleted_v1", message, reaction, System.currentTimeMillis());
            return reaction;
        });
    }

    /** Reactions to a message in their order, with one more than {@code size}; of one emoji when it is not null. */
    List<Reaction> of(String messageId, String emoji, Paging paging) {
        return select(
                "message_id = ? and (?::text is null or emoji_type = ?) and seq > ? order by seq limit ?",
                messageId,
                emoji,
                emoji,
                paging.begin(),
                paging.size() + 1);
    }

    /** How many reactions a message has, by emoji. */
    Map<String, Integer> counts(String messageId, String emoji) {
        Map<String, Integer> counts = new TreeMap<>();
        of(messageId, emoji, new Paging(Integer.MAX_VALUE - 1, null))
                .forEach(reaction -> counts.merge(reaction.emoji(), 1, Integer::sum));
        return counts;
    }

    /** @throws Denial 231001 */
    static void known(String emoji) {
        if (!EMOJIS.contains(emoji)) {
            throw new Denial(231001);
        }
    }

    private Message active(Actor operator, String messageId) {
        Message message = messages.find(messageId).orElseThrow(() -> new Denial(231003));
        if (conversations.chat(message).dissolved()) {
            throw new Denial(232009);
        }
        return reachable(operator, messageId, 231002);
    }

    /** @throws Denial 231003, 230110 or, for somebody outside the chat, {@code outside} */
    Message reachable(Actor actor, String messageId, int outside) {
        Message message = messages.find(messageId).orElseThrow(() -> new Denial(231003));
        if (message.deleted()) {
            throw new Denial(230110);
        }
        if (!conversations.isIn(actor, conversations.chat(message))) {
            throw new Denial(outside);
        }
        return message;
    }

    /** {@code {"reaction_id","operator":{"operator_id","operator_type"},"action_time","reaction_type":{"emoji_type"}}}. */
    ObjectNode shown(Reaction reaction, String idType) {
        ObjectNode shown = flat(reaction, idType);
        shown.remove("emoji_type");
        shown.putObject("reaction_type").put("emoji_type", reaction.emoji());
        return shown;
    }

    /** As {@link #shown}, with the emoji beside the rest. */
    ObjectNode flat(Reaction reaction, String idType) {
        Optional<Person> person = people.byOpenId(reaction.operator());
        ObjectNode shown = Json.object().put("reaction_id", reaction.id());
        shown.putObject("operator")
                .put("operator_id", person.map(known -> known.id(idType)).orElse(reaction.operator()))
                .put("operator_type", person.isPresent() ? "user" : "app");
        return shown.put("action_time", Long.toString(reaction.createdMs())).put("emoji_type", reaction.emoji());
    }

    private void tell(String type, Message message, Reaction reaction, long time) {
        if (!conversations.chat(message).bot()) {
            return;
        }
        ObjectNode event = Json.object().put("message_id", message.id());
        event.putObject("reaction_type").put("emoji_type", reaction.emoji());
        people.byOpenId(reaction.operator())
                .ifPresentOrElse(
                        person -> event.put("operator_type", "user").set("user_id", person.ids()),
                        () -> event.put("operator_type", "app").put("app_id", reaction.operator()));
        pushes.event(type, event.put("action_time", Long.toString(time)));
    }

    private List<Reaction> select(String condition, Object... values) {
        return database.jdbc()
                .query("select * from sandbox.reaction where " + condition, (row, n) -> reaction(row), values);
    }

    private static Reaction reaction(ResultSet row) throws SQLException {
        return new Reaction(
                row.getLong("seq"),
                row.getString("reaction_id"),
                row.getString("message_id"),
                row.getString("emoji_type"),
                row.getString("operator"),
                row.getLong("created_ms"));
    }
}
