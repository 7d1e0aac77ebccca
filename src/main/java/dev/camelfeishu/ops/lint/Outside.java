package dev.camelfeishu.ops.lint;

import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.ApiResponse;
import dev.camelfeishu.openapi.FeishuClient;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * What the routes of a scratch context meet where the application would meet Feishu, the journal and the ERP.
 *
 * @param erp the ERP's database
 */
public record Outside(FeishuClient feishu, EventJournal journal, DeadLetters deadLetters, DataSource erp) {

    /** Nothing: routes can be built and not run. */
    public static Outside nothing() {
        return new Outside(new NoFeishu(), new NoJournal(), noDeadLetters(), new NoDatabase());
    }

    private static UnsupportedOperationException notHere() {
        return new UnsupportedOperationException("routes are only built here");
    }

    /** They are many verbs, and none of them is meant here. */
    public static DeadLetters noDeadLetters() {
        return (DeadLetters) Proxy.newProxyInstance(
                Outside.class.getClassLoader(), new Class<?>[] {DeadLetters.class}, (proxy, method, arguments) -> {
                    throw notHere();
                });
    }

    private static final class NoFeishu implements FeishuClient {
        @Override
        public ApiResponse call(ApiRequest request) {
            throw notHere();
        }
    }

    private static final class NoJournal implements EventJournal {
        @Override
        public CompletableFuture<Appended> append(dev.camelfeishu.event.FeishuEvent event) {
            return CompletableFuture.failedFuture(notHere());
        }

        @Override
        public CompletableFuture<Awaited> appendCallback(dev.camelfeishu.event.FeishuEvent callback) {
            return CompletableFuture.failedFuture(notHere());
        }

        @Override
        public Subscription subscribe(String name, Options options, Filter filter, Handler handler) {
            return new Subscription() {
                @Override
                public void pause() {
                    // nothing comes
                }

                @Override
                public void resume() {
                    // nothing comes
                }

                @Override
                public void cancel() {
                    // nothing came
                }
            };
        }

        @Override
        public void open() {
            // nothing comes
        }
    }

    /** A data source that has no database. */
    public static class NoDatabase implements DataSource {
        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLException("there is no database here");
        }

        @Override
        public Connection getConnection(String username, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {
            // it writes nothing
        }

        @Override
        public void setLoginTimeout(int seconds) {
            // nobody logs in
        }

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("this wraps nothing");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
