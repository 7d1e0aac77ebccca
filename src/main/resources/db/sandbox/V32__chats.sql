-- What groups have besides their members.

alter table sandbox.chat
    add column description text not null default '',
    add column avatar      text not null default '',
    add column settings    text not null default '{}',        -- JSON object of the settings that are not the default
    add column status      text not null default 'normal',    -- normal dissolved
    add column created_by  text,                              -- app_id or open_id, null when it is not known
    add column bot_manager boolean not null default false;
create sequence sandbox.chat_position start 1001 owned by sandbox.chat.position;

alter table sandbox.chat_member
    add column manager   boolean not null default false,
    add column moderator boolean not null default false;

-- bots of other apps
create table sandbox.bot (
    app_id text primary key,
    name   text not null
);
insert into sandbox.bot (app_id, name) values ('cli_b0b0000000000001', '日报 Daily');

create table sandbox.chat_bot (
    chat_id text not null references sandbox.chat,
    app_id  text not null references sandbox.bot,
    manager boolean not null default false,
    primary key (chat_id, app_id)
);

create table sandbox.chat_uuid (
    uuid       text primary key,
    chat_id    text not null,
    created_ms bigint not null
);

create table sandbox.chat_announcement (
    chat_id     text primary key references sandbox.chat,
    revision    bigint not null,
    blocks      text not null,             -- JSON array
    created_ms  bigint not null,
    modified_ms bigint not null,
    modifier    text                       -- open_id, null for the bot
);
