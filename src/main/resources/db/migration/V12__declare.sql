-- Records that a look did not find, with the time of the first such look. A row is deleted after a second one only.
CREATE TABLE feishu.sync_missing (
    pair     text NOT NULL,
    pair_id  uuid NOT NULL,
    since    timestamptz NOT NULL,
    PRIMARY KEY (pair, pair_id)
);

-- Rows that name a row or a record of another pair which is not linked yet.
CREATE TABLE feishu.sync_wait (
    pair      text NOT NULL,
    sql_key   text NOT NULL,
    other     text NOT NULL,                   -- the other pair
    name      text NOT NULL,                   -- key of its row, or id of its record
    PRIMARY KEY (pair, sql_key, other, name)
);
CREATE INDEX sync_wait_other ON feishu.sync_wait (other, name);

ALTER TABLE feishu.sync_pair ADD COLUMN verify_taken_at timestamptz;  -- last scheduled comparison that a node began
