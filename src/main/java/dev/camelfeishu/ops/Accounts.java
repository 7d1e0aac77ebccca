package dev.camelfeishu.ops;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AccountStatusException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Knows the accounts of the operator's interface and of the console. */
final class Accounts implements AuthenticationProvider {

    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

    private final List<Account> accounts;
    private final LoginAttempts attempts;

    Accounts(List<Account> accounts, LoginAttempts attempts) {
        this.accounts = accounts;
        this.attempts = attempts;
    }

    boolean isEmpty() {
        return accounts.isEmpty();
    }

    /** There were too many failures; the right password is refused too, for it would tell that it is right. */
    static final class TooManyAttemptsException extends AccountStatusException {
        private static final long serialVersionUID = 1L;

        TooManyAttemptsException() {
            super("Too many failed logins");
        }
    }

    @Override
    public Authentication authenticate(Authentication given) {
        String name = given.getName();
        String secret =
                given.getCredentials() == null ? "" : given.getCredentials().toString();
        String address = given.getDetails() instanceof WebAuthenticationDetails web ? web.getRemoteAddress() : "";
        if (attempts.tooMany(address, name)) {
            throw new TooManyAttemptsException();
        }
        Optional<Account> named =
                accounts.stream().filter(one -> one.isNamed(name)).findFirst();
        // a password is compared for an unknown name too, so that the time taken does not tell
        Optional<Account> compared = named.or(() -> accounts.stream().findFirst());
        boolean proven = compared.filter(one -> one.matches(secret)).isPresent();
        if (named.isEmpty() || !proven) {
            attempts.failed(address, name);
            LOG.warn("Refused login of '{}' from {}", name.replaceAll("\\p{Cntrl}", " "), address);
            throw new BadCredentialsException("No such account");
        }
        attempts.succeeded(address, name);
        return UsernamePasswordAuthenticationToken.authenticated(
                name,
                null,
                List.of(new SimpleGrantedAuthority("ROLE_" + named.get().role().name())));
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
