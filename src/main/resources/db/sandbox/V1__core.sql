-- The state of the sandbox's Open Platform.

create table sandbox.token (
    token      text primary key,
    issued_at  timestamptz not null,
    expires_at timestamptz not null
);

-- What is sent to the application. body and headers never change: a redelivery repeats the bytes of the first delivery.
create table sandbox.push (
    id         bigint generated always as identity primary key,
    event_id   text not null unique,
    kind       text not null,              -- EVENT CALLBACK
    type       text not null,
    stream     text,                       -- pushes of one stream go out in the order of their ids
    held       boolean not null,           -- the next one of the stream waits for the acknowledgement, not only for the first attempt
    plain      text not null,
    body       text not null,
    headers    text not null,
    state      text not null,              -- PENDING ACKNOWLEDGED DROPPED
    attempts   int not null default 0,
    next_at    timestamptz not null,
    created_at timestamptz not null default now()
);
create index push_pending on sandbox.push (id) where state = 'PENDING';
create index push_pending_stream on sandbox.push (stream, id) where state = 'PENDING';

create table sandbox.push_attempt (
    id          bigint generated always as identity primary key,
    push_id     bigint not null references sandbox.push on delete cascade,
    at          timestamptz not null,
    status      int,                       -- HTTP status, null when there was no answer
    outcome     text not null,
    answer      text,
    duration_ms bigint not null
);
create index push_attempt_push on sandbox.push_attempt (push_id, id);

create table sandbox.department (
    open_department_id text primary key,
    department_id      text not null unique,
    name               text not null,
    parent             text not null,      -- open_department_id, "0" for the root
    leader             text,               -- open_id
    position           int not null
);

create table sandbox.person (
    open_id    text primary key,
    union_id   text not null unique,
    user_id    text not null unique,
    name       text not null,
    email      text not null,
    department text references sandbox.department,
    tenant_key text not null,
    position   int not null
);

create table sandbox.chat (
    chat_id   text primary key,
    chat_mode text not null,               -- p2p group
    name      text not null,
    owner     text,                        -- open_id
    bot       boolean not null,            -- the bot is in it
    position  int not null
);

create table sandbox.chat_member (
    chat_id text not null references sandbox.chat,
    open_id text not null references sandbox.person,
    primary key (chat_id, open_id)
);

create table sandbox.message (
    seq         bigint generated always as identity unique,
    message_id  text primary key,
    chat_id     text not null references sandbox.chat,
    sender      text not null,             -- open_id of a person, app_id of the bot
    sender_type text not null,             -- user app
    msg_type    text not null,
    content     text not null,             -- as it was sent
    mentions    text not null,             -- JSON array
    root_id     text,
    parent_id   text,
    thread_id   text,
    created_ms  bigint not null,
    updated_ms  bigint not null,
    edits       int not null default 0,
    updated     boolean not null default false,
    deleted     boolean not null default false
);
create index message_chat on sandbox.message (chat_id, seq);

create table sandbox.message_uuid (
    uuid       text primary key,
    message_id text not null,
    created_ms bigint not null
);

-- the token of a card callback, for the delayed update
create table sandbox.card_token (
    token      text primary key,
    message_id text not null,
    created_ms bigint not null,
    answered   boolean not null default false,
    uses       int not null default 0
);
