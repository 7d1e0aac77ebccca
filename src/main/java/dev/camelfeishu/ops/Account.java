package dev.camelfeishu.ops;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.util.StringUtils;

/**
 * Who may log in by name and password.
 *
 * @param password in plain text, or its bcrypt hash ({@code $2a$…}, {@code $2b$…}, {@code $2y$…})
 */
record Account(String name, String password, Role role) {

    /** What an account may do: look, or also act. */
    enum Role {
        VIEWER,
        OPERATOR
    }

    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$\\d\\d\\$[./0-9A-Za-z]{53}");
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._@-]{1,64}");

    /**
     * The accounts that are set: {@code ops.username} with {@code ops.password}, an operator, and {@code ops.accounts.<name>} with
     * {@code password} and {@code role}. What {@link #mistakes} finds is left out.
     */
    static List<Account> read(Environment environment) {
        List<Account> accounts = new ArrayList<>();
        String username = environment.getProperty("ops.username", "");
        String password = environment.getProperty("ops.password", "");
        if (!username.isBlank() && !password.isBlank()) {
            accounts.add(new Account(username, password, Role.OPERATOR));
        }
        declared(environment).forEach((name, settings) -> {
            if (mistake(name, settings) == null && !name.equals(username)) {
                accounts.add(new Account(
                        name, settings.password(), Role.valueOf(settings.role().toUpperCase(Locale.ROOT))));
            }
        });
        return List.copyOf(accounts);
    }

    /** A sentence for each account of {@code ops.accounts} that is declared wrongly; no passwords. */
    static List<String> mistakes(Environment environment) {
        List<String> mistakes = new ArrayList<>();
        String username = environment.getProperty("ops.username", "");
        declared(environment).forEach((name, settings) -> {
            String mistake = name.equals(username) ? "is the name of OPS_USERNAME too" : mistake(name, settings);
            if (mistake != null) {
                mistakes.add("ops.accounts." + name.replaceAll("\\p{Cntrl}", " ") + " " + mistake);
            }
        });
        return mistakes;
    }

    private static String mistake(String name, Settings settings) {
        if (!NAME.matcher(name).matches()) {
            return "is not a name: letters, digits and . _ @ -, at most 64";
        }
        if (!StringUtils.hasText(settings.password())) {
            return "has no password: plain text, or a bcrypt hash";
        }
        if (!settings.role().matches("(?i)viewer|operator")) {
            return "has no such role: viewer or operator";
        }
        return null;
    }

    private static Map<String, Settings> declared(Environment environment) {
        return Binder.get(environment)
                .bind("ops.accounts", Bindable.mapOf(String.class, Settings.class))
                .orElse(Map.of());
    }

    /** A private record would not be bound. */
    record Settings(
            @DefaultValue("") String password,
            @DefaultValue("viewer") String role) {}

    /** In constant time for a plain password; bcrypt does the same by itself. */
    boolean matches(String given) {
        if (BCRYPT.matcher(password).matches()) {
            return new BCryptPasswordEncoder().matches(given, password);
        }
        return MessageDigest.isEqual(digest(password), digest(given));
    }

    boolean isNamed(String given) {
        return MessageDigest.isEqual(digest(name), digest(given));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** Not the password. */
    @Override
    public String toString() {
        return name + " (" + role + ")";
    }
}
