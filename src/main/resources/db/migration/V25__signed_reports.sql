-- Reports are signed where there is a key; the first 16 digits of the SHA-256 of its public half tell which.
ALTER TABLE feishu.sync_report ADD signature text, ADD key_id text;
