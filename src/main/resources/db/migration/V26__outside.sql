-- A row that has left the filter of its pair is not one whose deletion a person refused: it may be deleted while it is outside.
ALTER TABLE feishu.sync_link DROP CONSTRAINT sync_link_deletion_check;
ALTER TABLE feishu.sync_link ADD CONSTRAINT sync_link_deletion_check
    CHECK (deletion IN ('waiting', 'approved', 'refused', 'outside'));
UPDATE feishu.sync_link SET deletion = 'outside'
 WHERE deletion = 'refused' AND reason = 'its row is outside the filter of the pair; its record stays';
