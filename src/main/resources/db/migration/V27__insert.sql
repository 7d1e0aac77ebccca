-- What is to be inserted into another database is known here before it is: whatever happens, the row is linked with its record.
ALTER TABLE feishu.sync_outbox DROP CONSTRAINT sync_outbox_kind_check;
ALTER TABLE feishu.sync_outbox ADD CONSTRAINT sync_outbox_kind_check
    CHECK (kind IN ('create', 'update', 'delete', 'sql', 'insert'));
