-- How many calls each app has made in each tenant in each month: Feishu's monthly quota, watched by feishu.monthly-budget.
create table feishu.api_budget
(
    account text   not null,
    month   date   not null check (extract(day from month) = 1),
    calls   bigint not null check (calls >= 0),
    primary key (account, month)
);
comment on column feishu.api_budget.account is 'app id, and for a store app / and the tenant key';
comment on column feishu.api_budget.month is 'its first day';
