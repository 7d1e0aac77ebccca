package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Bases;
import dev.camelfeishu.sandbox.Medias;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.Routes;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** All endpoints of the Bases, put together. */
final class BaseFamily implements Api, Bases {
    private final List<Api> parts;
    private final Bases bases;

    BaseFamily(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Pushes pushes,
            ObjectMapper mapper,
            Clock clock,
            BaseSettings settings,
            Medias medias) {
        Documented documented = new Documented(mapper);
        Directory directory = new Directory(jdbc, medias);
        BaseStore store = new BaseStore(jdbc, mapper);
        ClientTokens tokens = new ClientTokens(jdbc, mapper);
        RecordHistory history = new RecordHistory(documented, jdbc, store, mapper, clock);
        Tables tables = new Tables(
                store, transactions, new ChangeEvents(jdbc, pushes, directory, clock), history, settings, clock);
        NewBase newBase = new NewBase(store, tables, transactions);
        bases = new SeededBases(store, newBase);
        ConnectedTables connected = new ConnectedTables(jdbc, tables, directory, settings, mapper, clock);
        parts = List.of(
                connected,
                new AppApi(documented, store, newBase, tables, transactions),
                new TableApi(documented, tables, directory, transactions),
                new FieldApi(documented, tables, directory, tokens),
                new ViewApi(documented, tables, directory),
                new FormApi(documented, tables, directory),
                new RoleApi(documented, tables, directory, jdbc, transactions),
                new BlockApi(documented, tables, jdbc),
                new RecordWriteApi(documented, tables, directory, tokens, connected),
                new RecordReadApi(documented, tables, directory, mapper, clock),
                history,
                new SubscriptionApi(documented, store, jdbc),
                new PeopleApi(documented, store, tables, directory, connected));
    }

    @Override
    public String appToken() {
        return bases.appToken();
    }

    @Override
    public String ordersTable() {
        return bases.ordersTable();
    }

    @Override
    public void register(Routes routes) {
        parts.forEach(part -> part.register(routes));
    }
}
