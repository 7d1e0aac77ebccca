package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** An event, or a click, whose members have names and types. */
public sealed interface TypedEvent
        permits ApprovalInstanceChanged,
                ApprovalTaskChanged,
                BotMembershipChanged,
                CardClicked,
                DepartmentChanged,
                MembersChanged,
                MenuChosen,
                MessageReceived,
                MessageRecalled,
                MessagesRead,
                RecordsChanged,
                UserChanged {

    /**
     * Reads one from the member {@code event} of a payload, or from the body of {@code feishu:card/action}.
     *
     * @return nothing when the type is none of these records
     */
    static <T> Optional<T> read(Class<T> type, JsonNode event) {
        Function<JsonNode, TypedEvent> reader = Readers.ALL.get(type);
        return reader == null ? Optional.empty() : Optional.of(type.cast(reader.apply(event)));
    }

    /** How each is read. */
    final class Readers {
        private static final Map<Class<?>, Function<JsonNode, TypedEvent>> ALL = Map.ofEntries(
                Map.entry(ApprovalInstanceChanged.class, ApprovalInstanceChanged::of),
                Map.entry(ApprovalTaskChanged.class, ApprovalTaskChanged::of),
                Map.entry(BotMembershipChanged.class, BotMembershipChanged::of),
                Map.entry(CardClicked.class, CardClicked::of),
                Map.entry(DepartmentChanged.class, DepartmentChanged::of),
                Map.entry(MembersChanged.class, MembersChanged::of),
                Map.entry(MenuChosen.class, MenuChosen::of),
                Map.entry(MessageReceived.class, MessageReceived::of),
                Map.entry(MessageRecalled.class, MessageRecalled::of),
                Map.entry(MessagesRead.class, MessagesRead::of),
                Map.entry(RecordsChanged.class, RecordsChanged::of),
                Map.entry(UserChanged.class, UserChanged::of));

        private Readers() {}
    }
}
