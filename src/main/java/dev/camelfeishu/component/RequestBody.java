package dev.camelfeishu.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.camel.Exchange;
import org.apache.camel.support.ObjectHelper;

/** How the JSON body of a declared call comes about. */
sealed interface RequestBody {

    /** What the exchange's body must be, for the documentation. */
    String description();

    /**
     * One JSON body per call, null for none.
     *
     * @param members parameters that are members of the body; they win
     * @throws IllegalArgumentException when the exchange's body cannot be used
     */
    Iterator<JsonNode> of(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, ObjectNode members);

    /** The exchange's body is not read. */
    record None() implements RequestBody {
        @Override
        public String description() {
            return "Not read.";
        }

        @Override
        public Iterator<JsonNode> of(
                Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, ObjectNode members) {
            return Collections.singletonList((JsonNode) (members.isEmpty() ? null : members))
                    .iterator();
        }
    }

    /**
     * The exchange's body is the request body as the platform documents it. A null in it is sent.
     *
     * @param empty what an exchange without a body means
     */
    record Json(String description, Empty empty) implements RequestBody {

        /** What is sent for an exchange without a body, when no parameter is a member of it. */
        enum Empty {
            REFUSED,
            AN_OBJECT,
            NONE
        }

        @Override
        public Iterator<JsonNode> of(
                Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, ObjectNode members) {
            JsonNode given = json(exchange, exchange.getMessage().getBody());
            if (given.isNull()) {
                if (empty == Empty.REFUSED && members.isEmpty()) {
                    throw new IllegalArgumentException("The exchange has no body. It must be: " + description);
                }
                return Collections.singletonList(empty == Empty.NONE && members.isEmpty() ? null : (JsonNode) members)
                        .iterator();
            }
            if (!(given instanceof ObjectNode object)) {
                throw new IllegalArgumentException("The body is not a JSON object. It must be: " + description);
            }
            return List.<JsonNode>of(object.deepCopy().setAll(members)).iterator();
        }
    }

    /**
     * The exchange's body is a list, an iterator or one item; the items go into one member, in as many calls as it takes.
     *
     * @param member where the items go
     * @param most how many items one call takes
     */
    record Items(String member, int most, String description) implements RequestBody {
        /** Whether all items go into one call. */
        boolean whole() {
            return most == Integer.MAX_VALUE;
        }

        @Override
        public Iterator<JsonNode> of(
                Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, ObjectNode members) {
            Object body = exchange.getMessage().getBody();
            if (body == null) {
                throw new IllegalArgumentException("The exchange has no body. It must be: " + description);
            }
            Iterator<?> items = body instanceof Map<?, ?> || body instanceof ObjectNode
                    ? List.of(body).iterator()
                    : ObjectHelper.createIterator(body);
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return items.hasNext();
                }

                @Override
                public JsonNode next() {
                    if (!items.hasNext()) {
                        throw new NoSuchElementException();
                    }
                    ObjectNode part = JsonNodeFactory.instance.objectNode();
                    ArrayNode array = part.putArray(member);
                    while (items.hasNext() && array.size() < most) {
                        array.add(FeishuConverters.toJson(items.next()));
                    }
                    return part.setAll(members);
                }
            };
        }
    }

    /** A function makes the request body. */
    record Shaped(String description, Shape shape) implements RequestBody {
        @Override
        public Iterator<JsonNode> of(
                Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, ObjectNode members) {
            return List.of(shape.of(exchange, options, platform, members)).iterator();
        }
    }

    /** Makes a request body of an exchange. */
    @FunctionalInterface
    interface Shape {
        /**
         * @param members parameters that are members of the body, for it to put where they belong
         * @throws IllegalArgumentException when the exchange's body cannot be used
         */
        JsonNode of(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, ObjectNode members);
    }

    /**
     * The exchange's body is a file, sent as one part of a form.
     *
     * @param part name of the part
     */
    record File(String part, String description) implements RequestBody {
        @Override
        public Iterator<JsonNode> of(
                Exchange exchange, FeishuConfiguration options, FeishuPlatform platform, ObjectNode members) {
            return Collections.singletonList((JsonNode) null).iterator();
        }
    }

    /** Maps, lists and JSON trees as they are; anything else by its text, which must be JSON. */
    static JsonNode json(Exchange exchange, Object body) {
        if (body == null || body instanceof JsonNode || body instanceof Map<?, ?> || body instanceof Iterable<?>) {
            return FeishuConverters.toJson(body);
        }
        String text = exchange.getContext().getTypeConverter().convertTo(String.class, exchange, body);
        try {
            return text == null || text.isBlank()
                    ? JsonNodeFactory.instance.nullNode()
                    : FeishuConverters.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            // without the cause, which quotes the text
            throw new IllegalArgumentException(
                    "The body is not JSON: line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr());
        }
    }
}
