-- Who has logged in to the app and what they granted.

create table sandbox.user_grant (
    open_id text not null references sandbox.person,
    scope   text not null,
    primary key (open_id, scope)
);

create table sandbox.user_code (
    code             text primary key,
    open_id          text not null references sandbox.person,
    redirect_uri     text not null,
    challenge        text,
    challenge_method text,
    created_at       timestamptz not null,
    used             boolean not null default false
);

create table sandbox.user_refresh (
    token         text primary key,
    open_id       text not null references sandbox.person,
    scopes        text not null,
    first_granted timestamptz not null,
    expires_at    timestamptz not null,
    used          boolean not null default false
);
