package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import java.io.Closeable;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The items of all pages of a listing. A page is read when its first item is asked for, within the request's deadline;
 * closed, it reads none any more. For one thread.
 */
final class Pages implements Iterator<JsonNode>, Closeable {

    private final FeishuClient client;
    private final ApiRequest request;
    private final String member;
    private Iterator<JsonNode> page = Collections.emptyIterator();
    private String token;
    private boolean last;

    Pages(FeishuClient client, ApiRequest request, String member) {
        this.client = client;
        this.request = request;
        this.member = member;
    }

    /** @throws dev.camelfeishu.openapi.FeishuException when the next page cannot be read */
    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !last) {
            read();
        }
        return page.hasNext();
    }

    @Override
    public JsonNode next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }

    @Override
    public void close() {
        last = true;
        page = Collections.emptyIterator();
    }

    private void read() {
        JsonNode data = client.call(request.query("page_token", token)).data();
        String next = data.path("page_token").asText("");
        last = !data.path("has_more").asBoolean();
        if (!last && (next.isEmpty() || next.equals(token))) {
            throw new IllegalStateException(request.method() + " " + request.path()
                    + ": the answer says that there is another page, but not which");
        }
        token = next;
        page = data.path(member).elements();
    }
}
