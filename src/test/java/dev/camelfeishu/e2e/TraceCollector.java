package dev.camelfeishu.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An OpenTelemetry collector that keeps the spans it is sent. It reads as much of OTLP's protobuf as it must:
 * ExportTraceServiceRequest.resource_spans (1), .scope_spans (2), .spans (2).
 */
final class TraceCollector implements AutoCloseable {

    private static final int RESOURCE_SPANS = 1;
    private static final int SCOPE_SPANS = 2;
    private static final int SPANS = 2;
    private static final int TRACE_ID = 1;
    private static final int SPAN_ID = 2;
    private static final int PARENT = 4;
    private static final int NAME = 5;

    /** @param parent "" for the first of a trace */
    record Span(String trace, String id, String parent, String name) {}

    private final Queue<Span> spans = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    TraceCollector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", this::collect);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Span> spans(String trace) {
        return spans.stream().filter(span -> span.trace().equals(trace)).toList();
    }

    private void collect(HttpExchange exchange) throws IOException {
        byte[] request = exchange.getRequestBody().readAllBytes();
        for (byte[] resource : members(request, RESOURCE_SPANS)) {
            for (byte[] scope : members(resource, SCOPE_SPANS)) {
                members(scope, SPANS)
                        .forEach(span -> spans.add(new Span(
                                hex(span, TRACE_ID),
                                hex(span, SPAN_ID),
                                hex(span, PARENT),
                                new String(member(span, NAME), StandardCharsets.UTF_8))));
            }
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private static String hex(byte[] message, int field) {
        return HexFormat.of().formatHex(member(message, field));
    }

    private static byte[] member(byte[] message, int field) {
        List<byte[]> found = members(message, field);
        return found.isEmpty() ? new byte[0] : found.get(0);
    }

    /** The members of a message that are messages, texts or bytes and have a number. */
    private static List<byte[]> members(byte[] message, int field) {
        List<byte[]> found = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(message);
        while (bytes.hasRemaining()) {
            long tag = number(bytes);
            switch ((int) tag & 7) {
                case 0 -> number(bytes);
                case 1 -> bytes.getLong();
                case 5 -> bytes.getInt();
                case 2 -> {
                    byte[] value = new byte[(int) number(bytes)];
                    bytes.get(value);
                    if (tag >> 3 == field) {
                        found.add(value);
                    }
                }
                default -> throw new IllegalStateException("not protobuf");
            }
        }
        return found;
    }

    private static long number(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte part = bytes.get();
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
