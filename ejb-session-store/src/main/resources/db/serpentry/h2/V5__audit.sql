-- SPDX-License-Identifier: Apache-2.0
-- Acts of administrators: also on workers and pools, with their reasons. The release before leaves the new columns at their defaults.
alter table serpentry_audit add column subject      varchar(255)  default '' not null; -- what it was done to, if not to a session
alter table serpentry_audit add column reason       varchar(500)  default '' not null;
alter table serpentry_audit add column state_before varchar(1000) default '' not null;
alter table serpentry_audit add column state_after  varchar(1000) default '' not null;

-- H2 reads no index backward.
create index serpentry_audit_newest on serpentry_audit (id desc);
create index serpentry_audit_session_newest on serpentry_audit (session_id desc, id desc);
create index serpentry_audit_principal_newest on serpentry_audit (principal desc, id desc);
create index serpentry_audit_action_newest on serpentry_audit (action desc, id desc);

-- Requests that were sent with an Idempotency-Key, and what the first of each was answered.
create table serpentry_request (
    principal    varchar(255)   not null,
    request_key  varchar(128)   not null,
    begun_at     bigint         not null,
    fingerprint  varchar(64)    not null, -- SHA-256 of what was asked for; empty while it is under way
    status       integer        not null, -- of the answer; 0 while it is under way
    media_type   varchar(127)   not null,
    location     varchar(500)   not null,
    entity_tag   varchar(64)    not null,
    body         varchar(1000000) not null,
    primary key (principal, request_key)
);

create index serpentry_request_begun_at on serpentry_request (begun_at);
