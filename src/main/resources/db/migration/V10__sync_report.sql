-- Outcomes of the full comparisons of a pair. The text is kept byte for byte, for its digest to be computed again.
CREATE TABLE feishu.sync_report (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pair         text NOT NULL,
    finished_at  timestamptz NOT NULL,
    digest       text NOT NULL,                -- SHA-256 of the report, lower case hex
    report       text NOT NULL                 -- JSON, fixed order of members; its member previous is the digest before it
);
CREATE INDEX sync_report_pair ON feishu.sync_report (pair, id DESC);
