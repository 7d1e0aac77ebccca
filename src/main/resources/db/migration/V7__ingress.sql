-- The trace an event is part of: its W3C traceparent and, after a space, its tracestate. Null for events stored before this
-- column was.
alter table feishu.event add column trace text;

-- What Feishu pushes every hour to a store app and what its tokens are asked for with. A secret.
create table feishu.app_ticket
(
    app_id    text        primary key,
    ticket    text        not null,
    pushed_at timestamptz not null
);
comment on column feishu.app_ticket.pushed_at is 'when Feishu made it, by its clock: an older one that comes late does not replace it';
