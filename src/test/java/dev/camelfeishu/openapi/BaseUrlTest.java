package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://open.feishu.cn",
                "https://open.larksuite.com:8443",
                "http://127.0.0.1:8090",
                "http://localhost:8090",
                "http://[::1]:8090"
            })
    void accepts_https_and_http_on_loopback(String url) {
        assertThat(new BaseUrl(url).value()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "open.feishu.cn",
                "http://open.feishu.cn",
                "http://127.0.0.1.example.com",
                "http://localhost.example.com",
                "https://open.feishu.cn/",
                "https://open.feishu.cn/open-apis",
                "https://open.feishu.cn?x=1",
                "https://open.feishu.cn#x",
                "https://user@open.feishu.cn",
                "ftp://open.feishu.cn",
                "https://open.feishu.cn:99999",
                "https:// open.feishu.cn"
            })
    void refuses_everything_else(String url) {
        assertThatThrownBy(() -> new BaseUrl(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("base URL");
    }

    @Test
    void does_not_repeat_a_password() {
        assertThatThrownBy(() -> new BaseUrl("https://user:hunter2@open.feishu.cn"))
                .hasMessageContaining("user info")
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }

    @Test
    void credentials_do_not_print_their_secret() {
        assertThat(new AppCredentials("cli_1", "hunter2").toString())
                .contains("cli_1")
                .doesNotContain("hunter2");
    }
}
