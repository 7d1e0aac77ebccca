package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

@DisplayName("The accounts of the operator's interface and the console")
class AccountTest {

    @Test
    @DisplayName("are that of OPS_USERNAME, an operator, and those of ops.accounts")
    void read() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("ops.username", "olga")
                .withProperty("ops.password", "one")
                .withProperty("ops.accounts.vera.password", "two")
                .withProperty("ops.accounts.otto.password", "three")
                .withProperty("ops.accounts.otto.role", "Operator");

        assertThat(Account.read(environment))
                .containsExactlyInAnyOrder(
                        new Account("olga", "one", Account.Role.OPERATOR),
                        new Account("vera", "two", Account.Role.VIEWER),
                        new Account("otto", "three", Account.Role.OPERATOR));
        assertThat(Account.mistakes(environment)).isEmpty();
    }

    @Test
    @DisplayName("can be set by environment variables alone")
    void environment() {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of("OPS_ACCOUNTS_VERA_PASSWORD", "two", "OPS_ACCOUNTS_VERA_ROLE", "viewer")));

        assertThat(Account.read(environment)).containsExactly(new Account("vera", "two", Account.Role.VIEWER));
    }

    @Test
    @DisplayName("that are declared wrongly are named with what is wrong, never with a password, and cannot log in")
    void mistakes() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("ops.username", "olga")
                .withProperty("ops.password", "one")
                .withProperty("ops.accounts.olga.password", "two")
                .withProperty("ops.accounts.vera.role", "viewer")
                .withProperty("ops.accounts.otto.password", "hush")
                .withProperty("ops.accounts.otto.role", "king");

        assertThat(Account.mistakes(environment))
                .containsExactlyInAnyOrder(
                        "ops.accounts.olga is the name of OPS_USERNAME too",
                        "ops.accounts.vera has no password: plain text, or a bcrypt hash",
                        "ops.accounts.otto has no such role: viewer or operator");
        assertThat(Account.read(environment)).extracting(Account::name).containsExactly("olga");
    }

    @Test
    @DisplayName("take a plain password or its bcrypt hash, and a hash is no password itself")
    void passwords() {
        String hash = new BCryptPasswordEncoder(4).encode("secret");

        assertThat(new Account("vera", "secret", Account.Role.VIEWER).matches("secret"))
                .isTrue();
        assertThat(new Account("vera", "secret", Account.Role.VIEWER).matches("Secret"))
                .isFalse();
        Account hashed = new Account("vera", hash, Account.Role.VIEWER);
        assertThat(hashed.matches("secret")).isTrue();
        assertThat(hashed.matches(hash)).isFalse();
        assertThat(hashed.toString()).doesNotContain(hash);
    }
}
