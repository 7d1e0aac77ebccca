create table sandbox.approval_definition (
    approval_code text primary key,
    name          text not null,
    status        text not null,           -- ACTIVE INACTIVE DELETED
    form          text not null,           -- JSON array of widgets
    nodes         text not null,           -- JSON array of nodes with their approvers
    subscribed    boolean not null default false
);

create table sandbox.approval_instance (
    seq           bigint generated always as identity unique,
    instance_code text primary key,
    approval_code text not null references sandbox.approval_definition,
    uuid          text,
    serial_number text not null,
    open_id       text not null references sandbox.person,
    department_id text not null,
    form          text not null,           -- JSON array in the shape in which it is read
    title         text,
    status        text not null,           -- PENDING APPROVED REJECTED CANCELED DELETED
    reverted      boolean not null default false,
    node          int not null default 0,  -- position of the current node
    start_ms      bigint not null,
    end_ms        bigint not null default 0
);
create unique index approval_instance_uuid on sandbox.approval_instance (lower(uuid));
create index approval_instance_start on sandbox.approval_instance (approval_code, start_ms, seq);

create table sandbox.approval_task (
    seq           bigint generated always as identity unique,
    task_id       text primary key,
    instance_code text not null references sandbox.approval_instance,
    open_id       text not null references sandbox.person,
    node          int not null,
    status        text not null,           -- PENDING APPROVED REJECTED TRANSFERRED DONE
    start_ms      bigint not null,
    end_ms        bigint not null default 0
);
create index approval_task_instance on sandbox.approval_task (instance_code, seq);

create table sandbox.approval_timeline (
    seq           bigint generated always as identity primary key,
    instance_code text not null references sandbox.approval_instance,
    type          text not null,           -- START PASS REJECT TRANSFER CANCEL DELETE
    create_ms     bigint not null,
    open_id       text,
    target        text,                    -- open_id of the person a task was transferred to
    task_id       text,
    comment       text,
    node_key      text
);
create index approval_timeline_instance on sandbox.approval_timeline (instance_code, seq);
