package dev.camelfeishu.sandbox.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The seal of pushes agrees with the documented vectors")
class SealTest {
    private static final String DOCUMENTED = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=";

    @Test
    @DisplayName("encryption gives the documented cipher text byte by byte")
    void encrypts() {
        byte[] iv = Arrays.copyOf(Base64.getDecoder().decode(DOCUMENTED), 16);
        assertThat(Seal.encrypt("test key", iv, "hello world")).isEqualTo(DOCUMENTED);
    }

    @Test
    @DisplayName("the signature covers the encrypted body")
    void signs() {
        String body = Seal.envelope(DOCUMENTED);
        assertThat(body).isEqualTo("{\"encrypt\":\"" + DOCUMENTED + "\"}");
        assertThat(Seal.signature("1700000000", "n0nce", "test key", body))
                .isEqualTo("bed8fdd3e4bbc581364c140b572ec676edff3db612d57bbc07a24d062c40ddf3");
    }

    @Test
    @DisplayName("the old card callback is signed with SHA-1 and the Verification Token")
    void signsOldCards() {
        assertThat(Seal.oldCardSignature("1700000000", "n0nce", "vtoken", "{\"open_id\":\"ou_x\"}"))
                .isEqualTo("c23f0ff5a616116dd26e9026193b12ad9f55558d");
    }
}
