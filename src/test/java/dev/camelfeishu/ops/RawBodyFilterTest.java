package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class RawBodyFilterTest {

    private static final int LIMIT = 100;

    private final AtomicReference<byte[]> received = new AtomicReference<>();
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    @Test
    void aBodyOfExactlyTheLimitPassesUnchanged() throws Exception {
        filter(new byte[LIMIT], true);
        assertThat(received.get()).hasSize(LIMIT);
    }

    @Test
    void aDeclaredLengthAboveTheLimitIsRefusedUnread() throws Exception {
        filter(new byte[LIMIT + 1], true);
        assertThat(response.getStatus()).isEqualTo(413);
        assertThat(received.get()).isNull();
    }

    @Test
    void aBodyWithoutALengthPassesUnchangedUpToTheLimit() throws Exception {
        byte[] body = new byte[LIMIT];
        Arrays.fill(body, (byte) 7);
        filter(body, false);
        assertThat(received.get()).isEqualTo(body);
    }

    @Test
    void aBodyWithoutALengthIsCountedAndRefused() throws Exception {
        filter(new byte[LIMIT + 1], false);
        assertThat(response.getStatus()).isEqualTo(413);
        assertThat(received.get()).isNull();
    }

    private void filter(byte[] body, boolean declared) throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/webhook/event") {
            @Override
            public long getContentLengthLong() {
                return declared ? body.length : -1;
            }
        };
        request.setContent(body);
        new RawBodyFilter(LIMIT).doFilter(request, response, (passed, answer) -> {
            try {
                received.set(passed.getInputStream().readAllBytes());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}
