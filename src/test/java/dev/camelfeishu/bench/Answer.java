package dev.camelfeishu.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a receiver has answered so far. Looks at the few things of HTTP/1.1 that tell where an answer ends. */
final class Answer {

    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "transfer-encoding: chunked".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "connection: close".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private int status;
    private boolean last;

    /** @param received from the beginning of the answer to the buffer's position */
    boolean isComplete(ByteBuffer received) {
        int end = received.position();
        int length = 0;
        boolean chunked = false;
        last = false;
        int line = 0;
        for (int i = 0; i + 1 < end; i++) {
            if (received.get(i) != '\r' || received.get(i + 1) != '\n') {
                continue;
            }
            if (i == line) {
                int body = i + 2;
                return chunked
                        ? end >= body + LAST_CHUNK.length && starts(received, end - LAST_CHUNK.length, LAST_CHUNK)
                        : end >= body + length;
            }
            if (line == 0) {
                status = number(received, 9, 12);
            } else if (starts(received, line, LENGTH)) {
                length = number(received, line + LENGTH.length, i);
            } else if (starts(received, line, CHUNKED)) {
                chunked = true;
            } else if (starts(received, line, CLOSE)) {
                last = true;
            }
            line = i + 2;
        }
        return false;
    }

    int status() {
        return status;
    }

    /** Whether the receiver closes the connection after it. */
    boolean isLast() {
        return last;
    }

    private static boolean starts(ByteBuffer received, int at, byte[] lowerCase) {
        for (int i = 0; i < lowerCase.length; i++) {
            byte one = received.get(at + i);
            if ((one >= 'A' && one <= 'Z' ? one + 32 : one) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    private static int number(ByteBuffer received, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            byte one = received.get(i);
            number = one >= '0' && one <= '9' ? number * 10 + one - '0' : number;
        }
        return number;
    }
}
