-- When an instance was last looked at, so that the longest unchecked is looked at first.
create table feishu.approval_check (
    instance_code text primary key,
    approval_code text,                    -- null when an event and not the schedule led to the check
    checked_at    timestamptz not null,    -- handed out for a check, or checked
    last_status   text                     -- null until the first check came back
);

create index approval_check_checked_at on feishu.approval_check (checked_at);
