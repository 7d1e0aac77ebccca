-- Reference schema of an ERP, as the shipped flows read and write it.
create schema erp;

create table erp.orders (
    order_id text primary key,
    customer_name text not null,
    amount numeric(14, 2) not null,
    status text not null default 'NEW', -- NEW PAID SHIPPED DONE CANCELED
    note text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table erp.purchase_requests (
    request_id text primary key,
    applicant_open_id text not null,
    title text not null,
    reason text,
    amount numeric(14, 2) not null,
    currency text not null default 'CNY',
    status text not null default 'DRAFT', -- DRAFT SUBMITTED APPROVED REJECTED CANCELED DELETED REVERTED
    instance_code text unique,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table erp.purchase_orders (
    po_number text primary key,
    request_id text not null unique references erp.purchase_requests,
    amount numeric(14, 2) not null,
    status text not null default 'OPEN', -- OPEN CANCELED
    created_at timestamptz not null default now()
);

-- Only a change counts: an update to the same values leaves updated_at alone. clock_timestamp, because two changes in one
-- transaction are two changes.
create function erp.touch_order() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end;
$$;

create trigger orders_touch
before update on erp.orders
for each row when (
    (old.order_id, old.customer_name, old.amount, old.status, old.note, old.created_at)
    is distinct from (new.order_id, new.customer_name, new.amount, new.status, new.note, new.created_at)
)
execute function erp.touch_order();

create index orders_updated_at on erp.orders (updated_at);
create index purchase_requests_status on erp.purchase_requests (status);
