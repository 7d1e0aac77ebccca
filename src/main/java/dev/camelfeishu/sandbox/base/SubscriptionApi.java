package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Routes;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/** Subscribes the app to the events of a document: a Base, or one that drive keeps. Only Bases change by themselves here. */
final class SubscriptionApi implements Api {
    private static final String PATH = "/open-apis/drive/v1/files/:file_token/";
    private static final Set<String> FILE_TYPES =
            Set.of("doc", "docx", "sheet", "bitable", "file", "folder", "slides", "wiki");

    private final Documented documented;
    private final BaseStore store;
    private final JdbcTemplate jdbc;

    SubscriptionApi(Documented documented, BaseStore store, JdbcTemplate jdbc) {
        this.documented = documented;
        this.store = store;
        this.jdbc = jdbc;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "POST", PATH + "subscribe", this::subscribe);
        documented.on(routes, "GET", PATH + "get_subscribe", this::get);
        documented.on(routes, "DELETE", PATH + "delete_subscribe", this::delete);
    }

    private Answer subscribe(Call call) {
        Subscription subscription = subscription(call);
        jdbc.update(subscription.insert() + " on conflict do nothing", subscription.key());
        return Answer.ok(JsonNodeFactory.instance.objectNode());
    }

    private Answer get(Call call) {
        Subscription subscription = subscription(call);
        boolean subscribed = !jdbc.queryForList("select 1 " + subscription.where(), subscription.key())
                .isEmpty();
        return Answer.ok(JsonNodeFactory.instance.objectNode().put("is_subscribe", subscribed));
    }

    private Answer delete(Call call) {
        Subscription subscription = subscription(call);
        if (jdbc.update("delete " + subscription.where(), subscription.key()) == 0) {
            throw new Denied(1069605, "");
        }
        return Answer.ok(JsonNodeFactory.instance.objectNode());
    }

    /** Where a subscription is kept, and its key there. */
    private record Subscription(String table, String columns, Object... key) {
        String insert() {
            return "insert into " + table + " (" + columns + ") values (?, ?)";
        }

        String where() {
            return "from " + table + " where (" + columns + ") = (?, ?)";
        }
    }

    private Subscription subscription(Call call) {
        String type = call.query("file_type", "");
        if (!FILE_TYPES.contains(type)) {
            throw new Denied(1069602, "file_type");
        }
        boolean folder = type.equals("folder");
        String event = call.query("event_type", "");
        if (folder == event.isEmpty()) {
            throw new Denied(1069602, folder ? "event_type" : "event_type is for folders only");
        }
        String token = call.variable("file_token");
        if (type.equals("bitable")) {
            return store.base(token)
                    .map(base -> new Subscription(
                            "sandbox.base_subscription",
                            "file_token, open_id",
                            base.appToken(),
                            Directory.BOT.openId()))
                    .orElseThrow(() -> new Denied(1069604, ""));
        }
        if (jdbc.queryForList("select 1 from sandbox.drive_file where token = ? and type = ?", token, type)
                .isEmpty()) {
            throw new Denied(1069604, "");
        }
        return new Subscription("sandbox.drive_subscription", "token, event_type", token, event);
    }
}
