-- Deliveries are written with their event in one transaction, by the journal only, and removed with it by the retention only. A
-- foreign key would look each one's event up and lock it, which costs ingest more than the row itself.
alter table feishu.delivery drop constraint delivery_event_id_fkey;

-- Written once and read whole: json keeps the text and its operators, jsonb would take it apart for every event.
alter table feishu.event alter column payload type json using payload::text::json;

-- The oldest of each subscription are looked for, so that one with much to do does not hide those of another.
drop index feishu.delivery_open;
create index delivery_open_subscription on feishu.delivery (subscription, id) where state = 'OPEN';
comment on column feishu.delivery.attempts is 'those that had an outcome, or were cut off by the end of a process';
comment on column feishu.lease.delivery_id is 'the first of the deliveries that are worked on in one turn';

-- An event is delivered to a subscription once, also when past events are given to one that came later.
drop index feishu.delivery_event;
create unique index delivery_once on feishu.delivery (event_id, subscription);
