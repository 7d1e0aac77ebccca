package dev.camelfeishu.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.ApiResponse;
import dev.camelfeishu.openapi.FeishuClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Answers each path as the test says, remembers what was asked, and knows no other path. */
final class FakeFeishu implements FeishuClient {

    static final String BOT = "ou_bot";

    private final Map<String, Function<ApiRequest, String>> answers = new LinkedHashMap<>();
    private final List<ApiRequest> calls = new CopyOnWriteArrayList<>();

    FakeFeishu() {
        on("GET /open-apis/bot/v3/info", "{'bot': {'open_id': '" + BOT + "'}}");
        on("POST /open-apis/im/v1/messages", "{'data': {'message_id': 'om_sent'}}");
        on("POST /open-apis/im/v1/messages/:message_id/reply", "{'data': {'message_id': 'om_reply'}}");
        on("POST /open-apis/interactive/v1/card/update", "{}");
    }

    FakeFeishu on(String call, String answer) {
        return on(call, request -> answer);
    }

    /** @param answer the whole body; single quotes stand for double ones. It may throw what the gate throws. */
    FakeFeishu on(String call, Function<ApiRequest, String> answer) {
        answers.put(call, answer);
        return this;
    }

    /** The requests to one method and path, such as {@code POST /open-apis/im/v1/messages}. */
    List<ApiRequest> calls(String call) {
        List<ApiRequest> found = new ArrayList<>();
        for (ApiRequest request : calls) {
            if (name(request).equals(call)) {
                found.add(request);
            }
        }
        return found;
    }

    @Override
    public ApiResponse call(ApiRequest request) {
        calls.add(request);
        Function<ApiRequest, String> answer = answers.get(name(request));
        if (answer == null) {
            throw new AssertionError("nobody expects " + name(request));
        }
        JsonNode root = json(answer.apply(request));
        return new ApiResponse(root.path("data"), root, 200, "log");
    }

    private static String name(ApiRequest request) {
        return request.method() + " " + request.path();
    }

    static JsonNode json(String text) {
        try {
            return FeishuConverters.JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }
}
