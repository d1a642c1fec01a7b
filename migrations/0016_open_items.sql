-- Whether anything of a sync of all is still to be done is asked many times a second while it runs.
CREATE INDEX sync_batch_items_open ON sync_batch_items (batch_id) WHERE run_id IS NULL;
