-- Documents besides Bases, uploaded files and media, who may see them, and who is told of their changes.

create table sandbox.drive_file (
    token       text primary key,
    type        text not null,             -- folder file docx sheet
    name        text not null,
    parent      text not null,             -- token of a folder, '' for the root
    owner       text,                      -- open_id, null for the app
    media       text,                      -- token of the bytes of a file
    created_ms  bigint not null,
    modified_ms bigint not null,
    position    bigint generated always as identity
);

insert into sandbox.drive_file (token, type, name, parent, owner, created_ms, modified_ms) values
    ('fldsandbox00000000000000001', 'folder', '合同 Contracts', '', 'ou_5a1d0000000000000000000000000002', 1735689600000, 1735689600000),
    ('doxsandbox00000000000000001', 'docx', '采购制度 Purchasing rules', 'fldsandbox00000000000000001', 'ou_5a1d0000000000000000000000000002', 1735689600000, 1735689600000);

create table sandbox.drive_media (
    token       text primary key,
    name        text not null,
    parent_type text not null,
    parent_node text not null,
    size        bigint not null,
    created_ms  bigint not null
);

-- the bytes of a file, in the parts in which they came
create table sandbox.drive_media_part (
    token   text not null references sandbox.drive_media on delete cascade,
    seq     int not null,
    file_id text not null references sandbox.stored_file,
    size    bigint not null,
    primary key (token, seq)
);

create table sandbox.drive_upload (
    upload_id   text primary key,
    name        text not null,
    parent_type text not null,
    parent_node text not null,
    size        bigint not null,
    created_ms  bigint not null
);

create table sandbox.drive_upload_part (
    upload_id text not null references sandbox.drive_upload on delete cascade,
    seq       int not null,
    file_id   text not null references sandbox.stored_file,
    size      bigint not null,
    primary key (upload_id, seq)
);

create table sandbox.drive_link (
    code       text primary key,
    token      text not null references sandbox.drive_media on delete cascade,
    created_ms bigint not null
);

create table sandbox.drive_member (
    token       text not null,
    member_type text not null,
    member_id   text not null,
    type        text not null,             -- user chat department group
    perm        text not null,             -- view edit full_access
    position    bigint generated always as identity,
    primary key (token, member_type, member_id)
);

create table sandbox.drive_public (
    token    text primary key,
    settings text not null                 -- JSON object of what is not the default
);

create table sandbox.drive_subscription (
    token      text not null references sandbox.drive_file on delete cascade,
    event_type text not null,              -- of a folder, else ''
    primary key (token, event_type)
);

create table sandbox.jsapi_ticket (
    ticket     text primary key,
    expires_ms bigint not null
);

create table sandbox.scope_request (
    position   bigint generated always as identity primary key,
    scopes     text not null unique,       -- what was missing then, separated by spaces
    created_ms bigint not null
);
