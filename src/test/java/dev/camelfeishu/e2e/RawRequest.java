package dev.camelfeishu.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Bytes on a connection of their own: what no well-behaved client sends. */
final class RawRequest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");

    private RawRequest() {}

    /** A request as it stands on the wire. */
    static byte[] post(String path, Map<String, String> headers, byte[] body) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /** A request in pieces of 8 KiB, its length not told before. */
    static byte[] chunked(String path, Map<String, String> headers, byte[] body) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Transfer-Encoding: chunked\r\n\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < body.length; i += 8192) {
            int length = Math.min(8192, body.length - i);
            bytes.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            bytes.write(body, i, length);
            bytes.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        bytes.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    /** Sends it all at once; answers the statuses of as many answers as are expected, or of those that came. */
    static List<Integer> statuses(int port, byte[] bytes, int expected) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            try {
                OutputStream out = socket.getOutputStream();
                out.write(bytes);
                out.flush();
            } catch (SocketException refusedBeforeItWasSent) {
                // the answer may be here all the same
            }
            return read(socket.getInputStream(), expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request whose body ends before its announced length; answers the statuses until the connection ends. */
    static List<Integer> cutOff(int port, byte[] request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request, 0, request.length - 1);
            socket.shutdownOutput();
            return read(socket.getInputStream(), Integer.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> read(InputStream in, int expected) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        byte[] piece = new byte[4096];
        List<Integer> statuses = List.of();
        try {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                said.write(piece, 0, n);
                statuses = STATUS.matcher(said.toString(StandardCharsets.ISO_8859_1))
                        .results()
                        .map(match -> Integer.valueOf(match.group(1)))
                        .toList();
                if (statuses.size() >= expected) {
                    break;
                }
            }
        } catch (SocketException reset) {
            return statuses;
        }
        return statuses;
    }
}
