-- Two-way synchronisation of SQL tables and Bitable tables.

CREATE TABLE feishu.sync_pair (
    name         text PRIMARY KEY,
    app_token    text,
    table_id     text,
    fields       jsonb,                        -- column -> field id, as remembered at the first link
    linked_at    timestamptz,                  -- end of the first link: no field is made after it
    cursor_at    timestamptz,                  -- SQL rows changed before it have been looked at
    compared_at  timestamptz,                  -- last comparison of the keys
    revision     bigint,                       -- revision of the Bitable table at the last full look
    fence        bigint NOT NULL DEFAULT 0,    -- rises with every lease; a commit under an older one is refused
    lease_until  timestamptz,
    last_verify  jsonb
);

-- One SQL row and its record, with the last values both sides agreed on (the shadow).
CREATE TABLE feishu.sync_link (
    pair_id         uuid PRIMARY KEY,          -- the value of the field Sync ID
    pair            text NOT NULL REFERENCES feishu.sync_pair (name),
    sql_key         text NOT NULL,
    record_id       text,
    state           text NOT NULL CHECK (state IN ('linked', 'creating', 'deleting', 'parked', 'conflict')),
    shadow_sql      jsonb NOT NULL DEFAULT '{}',
    shadow_bitable  jsonb NOT NULL DEFAULT '{}',
    seen_sql        jsonb,                     -- what the last cycle left on each side: a look that finds it again costs nothing
    seen_bitable    jsonb,
    code            integer,                   -- why it is parked: Feishu's code, if it was Feishu
    reason          text,
    absences        integer NOT NULL DEFAULT 0, -- comparisons in a row that did not find the key
    deletion        text CHECK (deletion IN ('waiting', 'approved', 'refused')),
    request_id      bigint,                    -- the request of sync_outbox that is on its way
    attempts        integer NOT NULL DEFAULT 0,
    recorded_at     timestamptz,               -- when the record was made or taken up
    updated_at      timestamptz NOT NULL,
    UNIQUE (pair, sql_key),
    UNIQUE (pair, record_id)
);

-- What has to be looked at. Marking is idempotent; `marks` tells a mark made during a cycle from the one it began with.
CREATE TABLE feishu.sync_dirty (
    pair       text NOT NULL,
    side       text NOT NULL CHECK (side IN ('sql', 'bitable')),
    identity   text NOT NULL,                  -- key of the row, or record_id
    marks      bigint NOT NULL DEFAULT 1,
    marked_at  timestamptz NOT NULL,
    due_at     timestamptz NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    fence      bigint,                         -- lease under which it was last claimed
    PRIMARY KEY (pair, side, identity)
);
CREATE INDEX sync_dirty_due ON feishu.sync_dirty (pair, due_at);

-- Append only: each value that was about to be overwritten or put back, committed before the write.
CREATE TABLE feishu.sync_journal (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pair        text NOT NULL,
    pair_id     uuid NOT NULL,
    sql_key     text NOT NULL,
    field       text NOT NULL,
    side        text NOT NULL CHECK (side IN ('sql', 'bitable')), -- the side whose value goes
    losing      text,
    winning     text,
    why         text NOT NULL,
    request_id  bigint,
    at          timestamptz NOT NULL
);
CREATE INDEX sync_journal_key ON feishu.sync_journal (pair, sql_key, at);
CREATE INDEX sync_journal_why ON feishu.sync_journal (pair, why);

-- Frozen requests: committed before they are sent, so that what was sent is known whatever happens.
CREATE TABLE feishu.sync_outbox (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pair          text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('create', 'update', 'delete', 'sql')),
    client_token  uuid,                        -- of a create: the same over all its attempts
    body          text NOT NULL,               -- byte for byte
    sent          jsonb NOT NULL,              -- pair_id -> column -> {"sql", "bitable"}: what both sides hold once it is done
    state         text NOT NULL CHECK (state IN ('pending', 'unknown')),
    attempts      integer NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
CREATE INDEX sync_outbox_pair ON feishu.sync_outbox (pair, state);

-- Records that belong to no row: blank key, copy, key unknown to the SQL side. Left alone.
CREATE TABLE feishu.sync_parked (
    pair        text NOT NULL,
    record_id   text NOT NULL,
    sql_key     text,
    reason      text NOT NULL,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (pair, record_id)
);
CREATE INDEX sync_parked_key ON feishu.sync_parked (pair, sql_key);
