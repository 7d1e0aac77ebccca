-- An operator may mend what a delivery carries before it is replayed; the event itself stays as it came.
alter table feishu.delivery add column edited jsonb;
comment on column feishu.delivery.edited is 'delivered instead of the event''s payload; null for the payload';
create index delivery_edited on feishu.delivery (id) where edited is not null;

-- When this application was last seen to be able to store events, and who looks for missed messages now. One row.
create table feishu.watch
(
    single      boolean primary key default true check (single),
    beat_at     timestamptz not null,
    learned_id  bigint      not null default 0,
    lease_until timestamptz not null default now()
);
comment on column feishu.watch.learned_id is 'up to which event chats were learned from';

-- Chats that the bot is part of, and up to when their history was compared with the journal.
create table feishu.chat
(
    app_id      text        not null,
    tenant_key  text        not null,
    chat_id     text        not null,
    direct      boolean     not null,
    looked_at   timestamptz not null,
    outage_from timestamptz,
    primary key (app_id, tenant_key, chat_id)
);
comment on column feishu.chat.outage_from is 'since when its messages may have been lost because nobody was there to store them';
