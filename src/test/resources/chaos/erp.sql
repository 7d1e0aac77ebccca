-- Two more tables of the ERP, and the ERP's own record of every change: who, when, from what to what.
create table erp.items (
    id text primary key,
    title text,
    remark text,
    code text,
    rate numeric(38, 10),
    price numeric(14, 2),
    share numeric(18, 6),
    paid boolean,
    due date,
    seen timestamptz,
    local timestamp,
    shade text,
    tags text[],
    person text,
    phone text,
    link text,
    mail text,
    extra jsonb,
    serial text,
    updated_at timestamptz not null default clock_timestamp()
);
create function erp.touch_item() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end;
$$;
create trigger items_touch before update on erp.items for each row execute function erp.touch_item();
create index items_updated_at on erp.items (updated_at);
insert into erp.items (id, title, price, shade) select 'IT-' || n, 'Item ' || n, n * 1.25, 'red' from generate_series(1, 40) n;

create table erp.parts (
    id text primary key,
    item text references erp.items on delete set null,
    place text,
    labels text[],
    note text,
    retired boolean,
    updated_at timestamptz not null default clock_timestamp()
);
create trigger parts_touch before update on erp.parts for each row execute function erp.touch_item();
create index parts_updated_at on erp.parts (updated_at);
insert into erp.parts (id, item, place) select 'PA-' || n, 'IT-' || n, 'Shelf ' || n from generate_series(1, 40) n;

create schema audit;
create table audit.change (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor text not null default session_user,
    transaction bigint not null default txid_current(),
    source text not null,
    before jsonb,
    after jsonb
);
create function audit.note() returns trigger language plpgsql security definer as $$
begin
    insert into audit.change (source, before, after) values (
        tg_table_name,
        case when tg_op <> 'INSERT' then to_jsonb(old) end,
        case when tg_op <> 'DELETE' then to_jsonb(new) end);
    return null;
end;
$$;
insert into audit.change (source, after) select 'orders', to_jsonb(o) from erp.orders o;
insert into audit.change (source, after) select 'items', to_jsonb(i) from erp.items i;
insert into audit.change (source, after) select 'parts', to_jsonb(p) from erp.parts p;
create trigger orders_audit after insert or update or delete on erp.orders for each row execute function audit.note();
create trigger items_audit after insert or update or delete on erp.items for each row execute function audit.note();
create trigger parts_audit after insert or update or delete on erp.parts for each row execute function audit.note();
