-- What is wrong now, and the card in the ops group that tells of it: one for each kind at a time.

CREATE TABLE feishu.alert_card (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text NOT NULL,
    opened_at     timestamptz NOT NULL,
    closed_at     timestamptz,                 -- nothing of the kind is wrong any more
    muted_until   timestamptz,
    message_id    text,                        -- null until it was sent
    version       integer NOT NULL DEFAULT 1,  -- rises with each change that the card should show
    told_version  integer NOT NULL DEFAULT 0,
    claimed_at    timestamptz                  -- a node is telling it
);
CREATE UNIQUE INDEX alert_card_open ON feishu.alert_card (kind) WHERE closed_at IS NULL;
CREATE INDEX alert_card_kind ON feishu.alert_card (kind, id);

CREATE TABLE feishu.alert (
    card_id   bigint NOT NULL REFERENCES feishu.alert_card (id) ON DELETE CASCADE,
    subject   text NOT NULL,
    detail    jsonb NOT NULL,                  -- values of the text that says it
    began_at  timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL,            -- by whichever node saw it last
    ended_at  timestamptz,
    PRIMARY KEY (card_id, subject)
);
