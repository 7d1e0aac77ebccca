package dev.camelfeishu.sandbox;

/** What the rest of the sandbox wants to know of its Bases. */
public interface Bases {
    /** The {@code app_token} of the Base of the orders. */
    String appToken();

    /** The {@code table_id} of its table named {@code Orders}. */
    String ordersTable();
}
