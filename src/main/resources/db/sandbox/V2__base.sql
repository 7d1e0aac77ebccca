-- Bases, their tables and what changes them. Cells are stored in the sandbox's own shape, keyed by field_id.
create table sandbox.base (
    app_token    text primary key,
    name         text    not null,
    folder_token text    not null default '',
    time_zone    text    not null,
    is_advanced  boolean not null default false,
    revision     bigint  not null default 1
);

create table sandbox.base_table (
    table_id    text primary key,
    app_token   text   not null references sandbox.base on delete cascade,
    name        text   not null,
    revision    bigint not null default 1,
    next_number bigint not null default 1,
    position    bigint generated always as identity,
    unique (app_token, name)
);

create table sandbox.base_field (
    table_id    text    not null references sandbox.base_table on delete cascade,
    field_id    text    not null,
    position    int     not null,
    name        text    not null,
    type        int     not null,
    ui_type     text    not null,
    property    jsonb,
    options     jsonb,
    description jsonb,
    is_primary  boolean not null,
    primary key (table_id, field_id)
);

create table sandbox.base_view (
    view_id   text primary key,
    table_id  text not null references sandbox.base_table on delete cascade,
    name      text not null,
    view_type text not null,
    position  bigint generated always as identity
);

create table sandbox.base_record (
    table_id      text   not null references sandbox.base_table on delete cascade,
    record_id     text   not null,
    number        bigint not null,
    cells         jsonb  not null,
    created_time  bigint not null,
    created_by    text   not null,
    modified_time bigint not null,
    modified_by   text   not null,
    revision      bigint not null,
    primary key (table_id, record_id)
);

create table sandbox.base_subscription (
    file_token text not null references sandbox.base on delete cascade,
    open_id    text not null,
    primary key (file_token, open_id)
);

create table sandbox.base_client_token (
    client_token text primary key,
    request      text        not null,
    answer       jsonb       not null,
    created_at   timestamptz not null default now()
);
create index base_client_token_age on sandbox.base_client_token (created_at);
