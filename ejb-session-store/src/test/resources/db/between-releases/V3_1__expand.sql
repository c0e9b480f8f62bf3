-- SPDX-License-Identifier: Apache-2.0
-- What a next release might add: nothing that the release before would miss or trip over.
alter table serpentry_session add column label varchar(255);
create index serpentry_session_label on serpentry_session (label);
