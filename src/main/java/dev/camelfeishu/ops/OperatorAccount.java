package dev.camelfeishu.ops;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** The one account of the operator's interface, compared in constant time. */
final class OperatorAccount implements AuthenticationProvider {

    static final String ROLE = "OPERATOR";

    private final boolean set;
    private final byte[] username;
    private final byte[] password;

    OperatorAccount(String username, String password) {
        this.set = !username.isBlank() && !password.isBlank();
        this.username = digest(username);
        this.password = digest(password);
    }

    boolean isSet() {
        return set;
    }

    @Override
    public Authentication authenticate(Authentication given) {
        String name = given.getName();
        Object secret = given.getCredentials();
        // both are always compared, so that the time taken does not tell which was wrong
        boolean named = MessageDigest.isEqual(username, digest(name));
        boolean proven = MessageDigest.isEqual(password, digest(secret == null ? "" : secret.toString()));
        if (!set || !(named & proven)) {
            throw new BadCredentialsException("Not the operator account");
        }
        return UsernamePasswordAuthenticationToken.authenticated(
                name, null, List.of(new SimpleGrantedAuthority("ROLE_" + ROLE)));
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
