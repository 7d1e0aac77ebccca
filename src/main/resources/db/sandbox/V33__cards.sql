-- Card entities, published templates, and cards that one person sees.

create table sandbox.card_entity (
    card_id      text primary key,
    card         text not null,            -- JSON as it is now
    sequence     int not null default 0,
    created_ms   bigint not null,
    streaming_ms bigint,                   -- when streaming was switched on, null while it is off
    message_id   text references sandbox.message
);

create table sandbox.card_uuid (
    card_id text not null references sandbox.card_entity,
    uuid    text not null,
    request text not null,
    primary key (card_id, uuid)
);

create table sandbox.card_template (
    template_id text not null,
    version     text not null,
    position    bigint generated always as identity,
    granted     boolean not null default true,
    variables   text not null,             -- JSON object from name to type: text, number, array, object
    card        text not null,             -- JSON; {{name}} stands for a variable
    primary key (template_id, version)
);

insert into sandbox.card_template (template_id, version, granted, variables, card) values
    ('AAq5a1d000001', '1.0.0', true, '{"title":"text","body":"text"}',
     '{"schema":"2.0","header":{"title":{"tag":"plain_text","content":"{{title}}"}},"body":{"elements":[{"tag":"markdown","content":"{{body}}"}]}}'),
    ('AAq5a1d000001', '1.0.1', true, '{"title":"text","body":"text","amount":"number"}',
     '{"schema":"2.0","header":{"title":{"tag":"plain_text","content":"{{title}}"},"template":"blue"},"body":{"elements":[{"tag":"markdown","content":"{{body}}: {{amount}}"}]}}'),
    ('AAq5a1d000002', '1.0.0', false, '{}', '{"schema":"2.0","body":{"elements":[]}}');

create table sandbox.ephemeral_card (
    message_id text primary key,
    chat_id    text not null references sandbox.chat,
    open_id    text not null references sandbox.person,
    card       text not null,
    created_ms bigint not null,
    deleted    boolean not null default false
);
