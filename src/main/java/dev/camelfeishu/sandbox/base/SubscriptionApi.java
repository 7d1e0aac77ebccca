package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Routes;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/** Subscribes the app to the events of a document. The only documents here are Bases. */
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
        jdbc.update(
                "insert into sandbox.base_subscription (file_token, open_id) values (?, ?) on conflict do nothing",
                file(call),
                Directory.BOT.openId());
        return Answer.ok(JsonNodeFactory.instance.objectNode());
    }

    private Answer get(Call call) {
        boolean subscribed = !jdbc.queryForList(
                        "select 1 from sandbox.base_subscription where file_token = ? and open_id = ?",
                        file(call),
                        Directory.BOT.openId())
                .isEmpty();
        return Answer.ok(JsonNodeFactory.instance.objectNode().put("is_subscribe", subscribed));
    }

    private Answer delete(Call call) {
        int deleted = jdbc.update(
                "delete from sandbox.base_subscription where file_token = ? and open_id = ?",
                file(call),
                Directory.BOT.openId());
        if (deleted == 0) {
            throw new Denied(1069605, "");
        }
        return Answer.ok(JsonNodeFactory.instance.objectNode());
    }

    private String file(Call call) {
        String type = call.query("file_type", "");
        if (!FILE_TYPES.contains(type)) {
            throw new Denied(1069602, "file_type");
        }
        if (!type.equals("folder") && call.query().containsKey("event_type")) {
            throw new Denied(1069602, "event_type is for folders only");
        }
        if (!type.equals("bitable")) {
            throw new Denied(1069604, "");
        }
        return store.base(call.variable("file_token"))
                .orElseThrow(() -> new Denied(1069604, ""))
                .appToken();
    }
}
