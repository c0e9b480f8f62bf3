-- SPDX-License-Identifier: Apache-2.0
-- A sweep takes batches in this order: without the id, all that have expired are sorted for each batch.
create index serpentry_session_expiry on serpentry_session (expires_at, id);
drop index serpentry_session_expires_at;
