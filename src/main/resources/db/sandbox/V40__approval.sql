-- Definitions made by API, nodes with rules, rounds after a roll back, added signers, comments, copies, files, bot messages,
-- and the approvals of third parties.

alter table sandbox.approval_definition
    add column approval_id text not null default '',
    add column source      text,           -- body of the call that made it; null for one made in the console
    add column settings    text not null default '{}',
    add column version     int  not null default 1;

alter table sandbox.approval_instance
    add column round         int     not null default 0,      -- how often it was rolled back
    add column chosen        text    not null default '{}',   -- JSON {node_id:[open_id]}: approvers chosen by the applicant
    add column copies        text    not null default '{}',   -- likewise: who is told when the node has passed
    add column automatic     text    not null default '[]',   -- JSON list of the nodes that pass by themselves
    add column revocable     boolean not null default true;

alter table sandbox.approval_task
    alter column open_id drop not null,                       -- null: passed by itself
    add column round         int  not null default 0,
    add column step          int  not null default 0,         -- place among the approvers of its node
    add column sign          text,                            -- the added signers that belong together
    add column sign_any      boolean not null default false,  -- one of them is enough
    add column returns_to    text;                            -- open_id of who decides after them

alter table sandbox.approval_timeline
    add column targets       text not null default '[]';      -- JSON list of open_ids

create table sandbox.approval_cc (
    seq           bigint generated always as identity unique,
    cc_id         text primary key,
    instance_code text not null references sandbox.approval_instance,
    open_id       text not null references sandbox.person,
    sender        text,                                       -- open_id; null: the definition says so
    note          bigint not null references sandbox.approval_timeline,
    is_read       boolean not null default false,
    create_ms     bigint not null
);
create index approval_cc_instance on sandbox.approval_cc (instance_code, seq);

create table sandbox.approval_comment (
    seq           bigint generated always as identity unique,
    comment_id    text primary key,
    instance_code text not null,
    parent        text references sandbox.approval_comment,
    open_id       text not null references sandbox.person,
    content       text not null,                              -- JSON {"text","files"}
    at_info       text not null,                              -- JSON list
    extra         text not null,
    deleted       boolean not null default false,
    create_ms     bigint not null,
    update_ms     bigint not null
);
create index approval_comment_instance on sandbox.approval_comment (instance_code, seq);

create table sandbox.approval_file (
    code       text primary key,
    name       text   not null,
    type       text   not null,                               -- image attachment
    file_id    text   not null references sandbox.stored_file,
    created_ms bigint not null
);

create table sandbox.approval_message (
    seq         bigint generated always as identity unique,
    message_id  text primary key,
    uuid        text   not null,
    open_id     text   not null references sandbox.person,
    template_id text   not null,
    status      text,                                         -- of the last update
    body        text   not null,
    created_ms  bigint not null
);
create index approval_message_uuid on sandbox.approval_message (uuid, created_ms);

create table sandbox.external_definition (
    approval_code text primary key,
    approval_id   text not null,
    body          text not null
);

create table sandbox.external_instance (
    seq           bigint generated always as identity unique,
    instance_id   text primary key,
    approval_code text   not null references sandbox.external_definition,
    body          text   not null,                            -- as pushed, tasks and copies merged
    pushed_ms     bigint not null
);
create index external_instance_code on sandbox.external_instance (approval_code, seq);
