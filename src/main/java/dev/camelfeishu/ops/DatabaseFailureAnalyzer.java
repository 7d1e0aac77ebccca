package dev.camelfeishu.ops;

import org.postgresql.util.PSQLException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in a few lines why the integration's database cannot be used at start-up. */
class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<PSQLException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PSQLException cause) {
        String state = cause.getSQLState() == null ? "" : cause.getSQLState();
        String action;
        if (state.startsWith("08")) {
            action = "Check SPRING_DATASOURCE_URL, and that PostgreSQL runs there.";
        } else if (state.startsWith("28")) {
            action = "Check SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD.";
        } else if (state.equals("3D000")) {
            action = "Create the database that SPRING_DATASOURCE_URL names.";
        } else if (state.equals("42501")) {
            action = "Let the account make schema feishu: grant create on database ... to ...";
        } else {
            return null;
        }
        return new FailureAnalysis("PostgreSQL: " + cause.getMessage(), action, cause);
    }
}
