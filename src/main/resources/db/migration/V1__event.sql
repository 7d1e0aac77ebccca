-- What comes from Feishu and what becomes of it. Times are timestamptz; ids grow in the order of storing.

-- A verified event or callback, once per app, tenant and event id. There is no index on received_at: ids grow with it, so
-- the purge walks the primary key from its old end and ingest maintains two indexes only.
create table feishu.event
(
    id          bigint generated always as identity primary key,
    app_id      text        not null,
    tenant_key  text        not null,
    event_id    text        not null,
    type        text        not null,
    lane_key    text        not null,
    created_at  timestamptz not null,
    received_at timestamptz not null default now(),
    payload     jsonb,
    constraint event_once unique (app_id, tenant_key, event_id)
);
comment on column feishu.event.created_at is 'when it happened, by Feishu''s clock';
comment on column feishu.event.payload is 'the decrypted body without its verification token; null once its retention ended before its day as a duplicate guard did';

-- One event on its way to one subscription. OPEN waits until due_at and until no earlier one of the same subscription and
-- lane key is OPEN. Attempts and due_at are in no index, so that their updates stay on the page (fillfactor leaves room).
create table feishu.delivery
(
    id           bigint generated always as identity primary key,
    event_id     bigint      not null references feishu.event on delete cascade,
    subscription text        not null,
    lane_key     text        not null,
    state        text        not null default 'OPEN' check (state in ('OPEN', 'DONE', 'DEAD')),
    attempts     integer     not null default 0,
    replay       integer     not null default 0,
    due_at       timestamptz not null default now(),
    last_error   text,
    created_at   timestamptz not null default now(),
    finished_at  timestamptz
) with (fillfactor = 80);
create index delivery_event on feishu.delivery (event_id);
create index delivery_open on feishu.delivery (id) where state = 'OPEN';
create index delivery_open_key on feishu.delivery (subscription, lane_key, id) where state = 'OPEN';

-- Who works on a delivery now. Its primary key is the promise that one subscription gets one event of a key at a time.
-- A lease whose time is over may be taken by anybody.
create table feishu.lease
(
    subscription text        not null,
    lane_key     text        not null,
    delivery_id  bigint      not null,
    node         text        not null,
    owner        uuid        not null,
    until        timestamptz not null,
    primary key (subscription, lane_key)
) with (fillfactor = 50);

-- What could not be processed. With a delivery: its payload is the event's. Without: the failure of a scheduled flow, with
-- a payload of its own and, while it is NEW, one row per flow, key and kind of failure.
create table feishu.dead_letter
(
    id             bigint generated always as identity primary key,
    delivery_id    bigint references feishu.delivery on delete cascade,
    flow           text        not null,
    business_key   text,
    event_id       text,
    cause          text        not null,
    fingerprint    text        not null,
    code           integer,
    log_id         text,
    attempts       integer     not null,
    state          text        not null default 'NEW' check (state in ('NEW', 'REPLAYING', 'RESOLVED', 'DISCARDED')),
    reference      text,
    discard_reason text,
    told           boolean     not null default false,
    payload        jsonb,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    constraint dead_letter_delivery unique (delivery_id)
);
create index dead_letter_state on feishu.dead_letter (state, id);
create index dead_letter_untold on feishu.dead_letter (id) where state = 'NEW' and not told;
create unique index dead_letter_repeated on feishu.dead_letter (flow, business_key, fingerprint) nulls not distinct
    where state = 'NEW' and delivery_id is null;

-- Keys of idempotent consumers. A key in progress whose lease ended, or whose node began anew, may be taken again.
create table feishu.idempotent
(
    repository  text        not null,
    key         text        not null,
    state       text        not null check (state in ('IN_PROGRESS', 'DONE')),
    node        text        not null,
    owner       uuid        not null,
    lease_until timestamptz not null,
    updated_at  timestamptz not null default now(),
    primary key (repository, key)
);
create index idempotent_age on feishu.idempotent (updated_at);
