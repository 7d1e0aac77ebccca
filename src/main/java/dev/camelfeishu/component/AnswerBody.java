package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;

/** What a declared call leaves as the exchange's body. */
sealed interface AnswerBody {

    /** For the documentation. */
    String description();

    Object of(FeishuClient client, ApiRequest request);

    /** The member {@code data}; an empty object where the platform answers none. */
    record Data(String description) implements AnswerBody {
        @Override
        public JsonNode of(FeishuClient client, ApiRequest request) {
            JsonNode data = client.call(request).data();
            return data.isMissingNode() || data.isNull() ? JsonNodeFactory.instance.objectNode() : data;
        }
    }

    /** A member of {@code data}. */
    record Member(String name, String description) implements AnswerBody {
        @Override
        public JsonNode of(FeishuClient client, ApiRequest request) {
            JsonNode member = client.call(request).data().path(name);
            return member.isMissingNode() ? JsonNodeFactory.instance.nullNode() : member;
        }
    }

    /** The items of all pages, read while they are asked for. */
    record Paged(String member, int pageSize, String description) implements AnswerBody {
        @Override
        public Pages of(FeishuClient client, ApiRequest request) {
            return new Pages(client, request, member);
        }
    }
}
