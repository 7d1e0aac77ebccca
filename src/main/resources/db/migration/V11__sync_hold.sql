-- Fields of single rows that wait for a person: a conflict of policy manual, or two automatons that undo each other.
CREATE TABLE feishu.sync_hold (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- a new one whenever one of the values changes
    pair           text NOT NULL,
    pair_id        uuid NOT NULL,
    sql_key        text NOT NULL,
    field          text NOT NULL,             -- column
    kind           text NOT NULL CHECK (kind IN ('conflict', 'ping_pong')),
    sql_value      text,                      -- what each side holds, in canonical form
    bitable_value  text,
    since          timestamptz NOT NULL,
    take           text CHECK (take IN ('sql', 'bitable', 'value')), -- what a person decided; void once a value changes
    decided_value  text,
    decided_by     text,
    decided_at     timestamptz,
    UNIQUE (pair, pair_id, field)
);
CREATE INDEX sync_hold_key ON feishu.sync_hold (pair, sql_key);

-- How often a field of a row was lately written against the side that had written before.
CREATE TABLE feishu.sync_turn (
    pair      text NOT NULL,
    pair_id   uuid NOT NULL,
    field     text NOT NULL,
    toward    text NOT NULL CHECK (toward IN ('sql', 'bitable')),
    turns     integer NOT NULL,
    since     timestamptz NOT NULL,
    PRIMARY KEY (pair, pair_id, field)
);

-- An update stays for a while after it is done: its echo tells whether it replaced what it was meant to replace.
ALTER TABLE feishu.sync_outbox DROP CONSTRAINT sync_outbox_state_check;
ALTER TABLE feishu.sync_outbox ADD CONSTRAINT sync_outbox_state_check CHECK (state IN ('pending', 'unknown', 'done'));
ALTER TABLE feishu.sync_outbox ADD COLUMN replaced jsonb NOT NULL DEFAULT '{}'; -- pair_id -> column -> {"bitable", "agreed"}: before it

-- A person's value that an own update replaced unseen, between our look and our write: decided on as if it still stood there.
CREATE TABLE feishu.sync_unseen (
    pair     text NOT NULL,
    pair_id  uuid NOT NULL,
    field    text NOT NULL,
    value    text,                             -- canonical form of Bitable
    wrote    text,                             -- what replaced it
    agreed   jsonb,                            -- {"sql", "bitable"}: the last agreed values before, null at the first meeting
    at       timestamptz NOT NULL,
    PRIMARY KEY (pair, pair_id, field)
);
