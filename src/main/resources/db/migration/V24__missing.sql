-- Records that were missing when their row went too: they belong to nothing any more, and must not count as deletions that wait.
DELETE FROM feishu.sync_missing m
WHERE NOT EXISTS (SELECT 1 FROM feishu.sync_link l WHERE l.pair = m.pair AND l.pair_id = m.pair_id);
