-- What people and the bot do with messages.

alter table sandbox.message add batch_id text;   -- the batch it was sent with
create index message_thread on sandbox.message (thread_id, seq) where thread_id is not null;
create index message_batch on sandbox.message (batch_id) where batch_id is not null;

-- the messages inside a merged one
create table sandbox.message_copy (
    seq              bigint generated always as identity unique,
    message_id       text primary key,
    upper_message_id text not null references sandbox.message on delete cascade,
    chat_id          text not null,
    sender           text not null,
    sender_type      text not null,
    msg_type         text not null,
    content          text not null,
    mentions         text not null,
    created_ms       bigint not null,
    updated_ms       bigint not null,
    updated          boolean not null
);
create index message_copy_upper on sandbox.message_copy (upper_message_id, seq);

create table sandbox.reaction (
    seq           bigint generated always as identity unique,
    reaction_id   text primary key,
    message_id    text not null references sandbox.message on delete cascade,
    emoji_type    text not null,
    operator      text not null,                -- open_id of a person, app_id of the bot
    created_ms    bigint not null,
    unique (message_id, emoji_type, operator)
);

create table sandbox.pin (
    seq        bigint generated always as identity unique,
    message_id text primary key references sandbox.message on delete cascade,
    chat_id    text not null,
    operator   text not null,
    created_ms bigint not null
);

create table sandbox.message_read (
    seq        bigint generated always as identity unique,
    message_id text not null references sandbox.message on delete cascade,
    open_id    text not null,
    read_ms    bigint not null,
    primary key (message_id, open_id)
);

create table sandbox.urgent (
    message_id text not null references sandbox.message on delete cascade,
    open_id    text not null,
    kind       text not null,                   -- app sms phone
    read       boolean not null default false,
    primary key (message_id, open_id, kind)
);

create table sandbox.follow_up (
    message_id text primary key references sandbox.message on delete cascade,
    content    text not null                    -- JSON array
);

-- images and files of messages
create table sandbox.resource (
    resource_key text primary key,
    type         text not null,                 -- image avatar opus mp4 pdf doc xls ppt stream sticker
    owner        text not null,                 -- app_id, or open_id of a person
    file_id      text not null references sandbox.stored_file,
    name         text not null,
    content_type text not null,
    duration     int
);

create table sandbox.batch (
    batch_id    text primary key,
    valid       int not null,
    sent        int not null,
    created_ms  bigint not null,
    recalled    int                             -- how many were recalled, null before
);

create table sandbox.custom_bot (
    bot_id     text primary key,
    token      text not null unique,
    chat_id    text not null references sandbox.chat,
    name       text not null,
    secret     text not null,                   -- empty: calls are not signed
    keywords   text not null                    -- JSON array
);
