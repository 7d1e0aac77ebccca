package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A set of fingerprints")
class FingerprintsTest {

    @Test
    @DisplayName("knows what was added, also after it has grown, and nothing else")
    void growing() {
        var set = new Fingerprints();
        for (var i = 0; i < 50_000; i++) {
            assertThat(set.add("SO-" + i)).isTrue();
        }
        assertThat(set.add("SO-7")).isFalse();
        assertThat(set.size()).isEqualTo(50_000);
        for (var i = 0; i < 50_000; i++) {
            assertThat(set.contains("SO-" + i)).isTrue();
            assertThat(set.contains("PO-" + i)).isFalse();
        }
    }
}
