-- What people did: in the console, and by what changes something under /ops/api. Written before it is done, never removed.
create table feishu.audit
(
    id       bigint generated always as identity primary key,
    at       timestamptz not null default now(),
    who      text        not null,
    address  text        not null,
    action   text        not null,
    target   text        not null,
    detail   text,
    outcome  text        not null default 'BEGUN' check (outcome in ('BEGUN', 'DONE', 'FAILED')),
    error    text,
    ended_at timestamptz
);
comment on column feishu.audit.address is 'of the client, as the application sees it';
comment on column feishu.audit.outcome is 'BEGUN for good when the process ended meanwhile: whether it was done is to be looked up';
