-- SPDX-License-Identifier: Apache-2.0
-- Without statistics H2 takes it that two rows at most have the same session, and so prefers the index of the foreign key to the primary
-- key: to change one entry it read all of its session, and to note one move all of its migration. This says that many rows have.
alter table serpentry_entry alter column session_id selectivity 1;
alter table serpentry_entry_history alter column session_id selectivity 1;
alter table serpentry_migration_move alter column migration_id selectivity 1;
