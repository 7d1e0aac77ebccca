-- A run that was missed is a row too: due at its time, begun and ended when it was noticed.
alter table feishu.job_run drop constraint job_run_outcome_check;
alter table feishu.job_run add constraint job_run_outcome_check check (outcome in ('RUNNING', 'DONE', 'FAILED', 'MISSED'));
