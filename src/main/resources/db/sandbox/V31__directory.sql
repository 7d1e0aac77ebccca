-- Mobile phones and user groups.

alter table sandbox.person add column mobile text unique;
update sandbox.person set mobile = '+86' || (13800000000 + position) where tenant_key = 'sandbox0tenant001';

create table sandbox.user_group (
    group_id    text primary key,
    name        text not null unique,
    description text not null default '',
    type        int not null,              -- 1 ordinary, 2 dynamic
    position    bigint generated always as identity
);

create table sandbox.user_group_member (
    group_id  text not null references sandbox.user_group,
    member_id text not null references sandbox.person,
    position  bigint generated always as identity,
    primary key (group_id, member_id)
);

insert into sandbox.user_group (group_id, name, description, type) values ('g5a1d001', '审批人 Approvers', '', 1);
insert into sandbox.user_group_member (group_id, member_id) values
    ('g5a1d001', 'ou_5a1d0000000000000000000000000002'),
    ('g5a1d001', 'ou_5a1d0000000000000000000000000003');
