-- Each run of what is scheduled. Kept while it is among the latest of its job.
create table feishu.job_run
(
    id       bigint generated always as identity primary key,
    job      text        not null,
    node     text        not null,
    due      timestamptz not null,
    started  timestamptz not null,
    ended    timestamptz,
    outcome  text        not null default 'RUNNING' check (outcome in ('RUNNING', 'DONE', 'FAILED')),
    overlapping boolean     not null,
    result   text,
    error    text
);
comment on column feishu.job_run.job is 'id of the route';
comment on column feishu.job_run.outcome is 'RUNNING for good when the process ended meanwhile';
comment on column feishu.job_run.overlapping is 'an earlier run of the job was still going on';
comment on column feishu.job_run.result is 'what the run answered: counts, where it counts';
create index job_run_job on feishu.job_run (job, id);
