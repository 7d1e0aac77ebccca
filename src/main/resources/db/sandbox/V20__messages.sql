-- Tokens of people, files, and what people and the bot do with messages.

create table sandbox.user_token (
    token      text primary key,
    open_id    text not null references sandbox.person,
    scopes     text not null,              -- separated by spaces
    expires_at timestamptz not null
);

create table sandbox.stored_file (
    file_id    text primary key,
    size       bigint not null,
    created_ms bigint not null
);

-- the bytes of a file, in order
create table sandbox.file_chunk (
    file_id text not null references sandbox.stored_file on delete cascade,
    number  int not null,
    bytes   bytea not null,
    primary key (file_id, number)
);
