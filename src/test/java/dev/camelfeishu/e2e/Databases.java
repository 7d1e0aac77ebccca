package dev.camelfeishu.e2e;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A PostgreSQL server with as many databases as a test asks for, each with an owner of its own. */
final class Databases implements AutoCloseable {

    private final EmbeddedPostgres server;
    private final JdbcTemplate administrator;

    Databases() {
        try {
            server = EmbeddedPostgres.builder().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        administrator = new JdbcTemplate(server.getPostgresDatabase());
    }

    /** A database whose owner has the same name. */
    String create(String name, String password) {
        administrator.execute("create role " + name + " login password '" + password + "'");
        administrator.execute("create database " + name + " owner " + name);
        return url(name);
    }

    /** The server itself; its database {@code postgres} is nobody's. */
    EmbeddedPostgres server() {
        return server;
    }

    private String url(String name) {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + name;
    }

    JdbcTemplate sql(String name) {
        return new JdbcTemplate(new DriverManagerDataSource(url(name), "postgres", "postgres"));
    }

    /** Nobody gets in any more, and whoever is in is thrown out. */
    void takeAway(String name) {
        administrator.execute("alter database " + name + " allow_connections false");
        administrator.queryForList("select pg_terminate_backend(pid) from pg_stat_activity where datname = ?", name);
    }

    void giveBack(String name) {
        administrator.execute("alter database " + name + " allow_connections true");
    }

    /** Its owner is thrown out and gets in no more, as when the server restarts; others do not notice. */
    void lockOut(String name) {
        administrator.execute("alter role " + name + " nologin");
        administrator.queryForList("select pg_terminate_backend(pid) from pg_stat_activity where usename = ?", name);
    }

    void letIn(String name) {
        administrator.execute("alter role " + name + " login");
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
