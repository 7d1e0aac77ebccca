-- A first link is as fast as Feishu takes its records only where the database takes little of the processors.

-- Frozen requests live for seconds: to compress them, or to take them apart, costs more than to write them.
ALTER TABLE feishu.sync_outbox ALTER COLUMN sent TYPE json;
ALTER TABLE feishu.sync_outbox ALTER COLUMN body SET STORAGE EXTERNAL, ALTER COLUMN sent SET STORAGE EXTERNAL;

-- The lease of the pair says whose the marks are.
ALTER TABLE feishu.sync_dirty DROP COLUMN fence;
