package dev.camelfeishu.sandbox.base;

import dev.camelfeishu.sandbox.Bases;
import java.time.ZoneId;

/** The Base of the orders, made at the first start: one table with its primary field and no records. */
final class SeededBases implements Bases {
    static final String APP_TOKEN = "bascnSandboxOrders000000001";

    private static final String ORDERS = "Orders";

    private final BaseStore store;

    SeededBases(BaseStore store, NewBase newBase) {
        this.store = store;
        if (store.base(APP_TOKEN).isEmpty()) {
            newBase.create(new Base(APP_TOKEN, ORDERS, "", ZoneId.of("Asia/Shanghai"), false, 1), ORDERS, "Order ID");
        }
    }

    @Override
    public String appToken() {
        return APP_TOKEN;
    }

    @Override
    public String ordersTable() {
        return store.tables(APP_TOKEN).stream()
                .filter(t -> t.name().equals(ORDERS))
                .map(TableLine::id)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The base has no table named " + ORDERS));
    }
}
