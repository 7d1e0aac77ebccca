-- What has become of each record: one entry for each version of the table that changed it.
create table sandbox.base_history (
    table_id    text   not null references sandbox.base_table on delete cascade,
    record_id   text   not null,
    rev         bigint not null,               -- revision of the table
    operator    text   not null,               -- open_id
    create_time bigint not null,               -- epoch seconds
    activity    text   not null,               -- create update delete
    changes     jsonb  not null,               -- [{"field_id","field_name","field_type","before","after"}]
    primary key (table_id, record_id, rev)
);
