package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.camelfeishu.sync.ReportKeys.Signed;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A key of verification reports")
class ReportKeysTest {

    /** RFC 8032, section 7.1, test 1, in PKCS #8. */
    private static final String FIRST = key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

    private static final String SECOND = key("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");

    static String key(String seed) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex("302e020100300506032b657004220420" + seed));
    }

    @Test
    @DisplayName("signs as RFC 8032 says, and is known by the digest of its public half")
    void rfc8032() {
        var keys = ReportKeys.of(FIRST);
        assertThat(HexFormat.of().formatHex(Base64.getDecoder().decode(keys.sign(""))))
                .isEqualTo(
                        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                                + "d25bf5f0595bbe24655141438e7a100b");
        var open = HexFormat.of()
                .parseHex("302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assertThat(keys.signing()).isEqualTo(BucketDigests.hex(open).substring(0, 16));
        assertThat(keys.check("", keys.sign(""), keys.signing())).isEqualTo(Signed.VALID);
    }

    @Test
    @DisplayName("is not taken in by another text, another signature or another name")
    void forged() {
        var keys = ReportKeys.of(FIRST);
        var other = ReportKeys.of(SECOND);
        assertThat(keys.check("text", keys.sign("another"), keys.signing())).isEqualTo(Signed.INVALID);
        assertThat(keys.check("text", other.sign("text"), keys.signing())).isEqualTo(Signed.INVALID);
        assertThat(keys.check("text", "no Base64", keys.signing())).isEqualTo(Signed.INVALID);
        assertThat(keys.check("text", "", keys.signing())).isEqualTo(Signed.INVALID);
        assertThat(keys.check("text", other.sign("text"), other.signing())).isEqualTo(Signed.UNKNOWN_KEY);
        assertThat(keys.check("text", keys.sign("text"), null)).isEqualTo(Signed.UNKNOWN_KEY);
        assertThat(keys.check("text", null, keys.signing())).isEqualTo(Signed.NO);
    }

    @Test
    @DisplayName("is changed with both set: the new one signs, what the old one signed still holds")
    void rotation() {
        var old = ReportKeys.of(FIRST);
        var both = ReportKeys.of(SECOND + ", " + FIRST);
        assertThat(both.signing()).isEqualTo(ReportKeys.of(SECOND).signing());
        assertThat(both.check("text", old.sign("text"), old.signing())).isEqualTo(Signed.VALID);
        assertThat(both.check("text", both.sign("text"), both.signing())).isEqualTo(Signed.VALID);
    }

    @Test
    @DisplayName("is read from a PEM file too, and none is none")
    void forms() {
        var pem = "-----BEGIN PRIVATE KEY-----\n" + FIRST + "\n-----END PRIVATE KEY-----\n";
        assertThat(ReportKeys.of(pem).signing()).isEqualTo(ReportKeys.of(FIRST).signing());
        assertThat(ReportKeys.of(null).signing()).isNull();
        assertThat(ReportKeys.of(" ").sign("text")).isNull();
    }

    @Test
    @DisplayName("of another kind, or a third one, is refused without repeating it")
    void wrong() throws Exception {
        var rsa = Base64.getEncoder()
                .encodeToString(KeyPairGenerator.getInstance("X25519")
                        .generateKeyPair()
                        .getPrivate()
                        .getEncoded());
        for (var wrong : new String[] {"secret", rsa, FIRST.substring(0, 40), FIRST + "," + SECOND + "," + FIRST}) {
            assertThatThrownBy(() -> ReportKeys.of(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasNoCause()
                    .hasMessageNotContaining(wrong);
        }
        assertThat(ReportKeys.of(FIRST)).asString().doesNotContain(FIRST);
    }
}
