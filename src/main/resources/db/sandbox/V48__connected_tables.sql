-- Tables that a Base pulls from a data source, by the protocol of the data connector.
CREATE TABLE sandbox.connected_table (
    table_id   text PRIMARY KEY REFERENCES sandbox.base_table (table_id) ON DELETE CASCADE,
    app_token  text NOT NULL,
    service    text NOT NULL,              -- address of the data source, without a slash at its end
    token      text NOT NULL,              -- verification token; '': requests are not signed
    fields     jsonb NOT NULL              -- fieldID -> {"name", "type"}, the protocol's type
);

CREATE TABLE sandbox.connected_record (
    table_id    text NOT NULL REFERENCES sandbox.connected_table (table_id) ON DELETE CASCADE,
    primary_id  text NOT NULL,
    record_id   text NOT NULL,
    PRIMARY KEY (table_id, primary_id)
);
