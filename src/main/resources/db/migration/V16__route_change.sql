-- Changes of routes while the application runs: who, when, what, and what became of it.
CREATE TABLE feishu.route_change (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT now(),
    operator     text NOT NULL,
    node         text NOT NULL,                -- the process it was asked of
    action       text NOT NULL CHECK (action IN ('APPLY', 'ROLLBACK', 'REMOVE', 'START', 'STOP')),
    subject      text NOT NULL,                -- the file; the route for START and STOP
    outcome      text NOT NULL CHECK (outcome IN ('DONE', 'REFUSED', 'TAKEN_BACK')),
    message      text NOT NULL,                -- what was wrong, a line for each thing; "" when nothing was
    before       text,                         -- the file as it was running, null when there was none
    after        text                          -- the file as it was wanted, null when it was to go
);
CREATE INDEX route_change_subject ON feishu.route_change (subject, id DESC);
