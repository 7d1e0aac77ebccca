-- What views hold, roles and their members, dashboards and automations.

alter table sandbox.base_view
    add column property jsonb not null default '{}';

create table sandbox.base_role (
    role_id   text primary key,
    app_token text  not null references sandbox.base on delete cascade,
    name      text  not null,
    rules     jsonb not null,              -- {"table_roles","block_roles"}
    position  bigint generated always as identity,
    unique (app_token, name)
);

create table sandbox.base_role_member (
    role_id  text not null references sandbox.base_role on delete cascade,
    type     text not null,                -- user chat department
    member   text not null,                -- open_id, chat_id or open_department_id
    position bigint generated always as identity,
    primary key (role_id, type, member)
);

create table sandbox.base_dashboard (
    block_id  text primary key,
    app_token text not null references sandbox.base on delete cascade,
    name      text not null,
    position  bigint generated always as identity,
    unique (app_token, name)
);

create table sandbox.base_workflow (
    workflow_id text primary key,
    app_token   text not null references sandbox.base on delete cascade,
    title       text not null,
    status      text not null,             -- Enable Disable
    position    bigint generated always as identity
);
