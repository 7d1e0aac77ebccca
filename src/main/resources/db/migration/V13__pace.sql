-- Synchronisation at volume: what is worked on first, a first link that goes on after an interruption, and looks that cost little.

ALTER TABLE feishu.sync_dirty ADD COLUMN urgency smallint NOT NULL DEFAULT 1; -- 0: a person's edit, 1: a change, 2: back-fill
DROP INDEX feishu.sync_dirty_due;
CREATE INDEX sync_dirty_due ON feishu.sync_dirty (pair, urgency, due_at, side, identity);
ALTER TABLE feishu.sync_pair ADD COLUMN newest_record bigint; -- when the newest record a look has seen was changed, in ms
ALTER TABLE feishu.sync_pair ADD COLUMN own_writes bigint NOT NULL DEFAULT 0; -- calls of ours that changed the table since `revision`

-- The records without a link, as the last look at all records found them.
CREATE TABLE feishu.sync_candidate (
    pair       text NOT NULL,
    record_id  text NOT NULL,
    sql_key    text,
    sync_id    text,
    PRIMARY KEY (pair, record_id)
);
CREATE INDEX sync_candidate_key ON feishu.sync_candidate (pair, sql_key);
CREATE INDEX sync_candidate_sync_id ON feishu.sync_candidate (pair, sync_id);
ALTER TABLE feishu.sync_pair ADD COLUMN index_token text;           -- next page of a look that is not complete
ALTER TABLE feishu.sync_pair ADD COLUMN index_read_at timestamptz;  -- when its last page was read
ALTER TABLE feishu.sync_pair ADD COLUMN indexed_at timestamptz;     -- when the last look was complete

ALTER TABLE feishu.sync_pair ADD COLUMN preview jsonb;           -- what the first link would do, as last found out
ALTER TABLE feishu.sync_pair ADD COLUMN approved_at timestamptz; -- when a person started a pair that waits for one
