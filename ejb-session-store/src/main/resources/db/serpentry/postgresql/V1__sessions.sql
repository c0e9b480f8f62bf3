-- SPDX-License-Identifier: Apache-2.0
-- Instants are milliseconds since 1970, UTC; durations are milliseconds.

-- Numbers the saves of all sessions: those of one session are ordered by it.
create sequence serpentry_change cache 1;

-- One row for each session. Its revision is base + structure + the sum of its entries' versions.
create table serpentry_session (
    id               varchar(128) not null primary key,
    owner            varchar(255) not null,
    kind             smallint     not null, -- 0 durable, 1 temporary
    created_at       bigint       not null,
    last_accessed_at bigint       not null,
    expires_at       bigint       not null, -- rounded up to a bucket, so that a touch seldom moves it in the index
    idle_millis      bigint       not null,
    lifetime_millis  bigint,
    metadata         text         not null, -- a JSON object of strings
    search           text         not null, -- what a text search looks at, in lower case
    base             bigint       not null,
    structure        bigint       not null, -- the version of the attributes
    high             bigint       not null, -- the greatest version of an entry that was removed
    history_floor    bigint       not null, -- the last save that removed an entry of which nothing is kept
    change           bigint       not null, -- the save that wrote the attributes
    changed_at       bigint       not null,
    changed_by       varchar(255) not null,
    entry_count      integer      not null,
    charged          bigint       not null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create index serpentry_session_expires_at on serpentry_session (expires_at);
create index serpentry_session_created_at on serpentry_session (created_at, id);
create index serpentry_session_owner on serpentry_session (owner, created_at, id);

-- One row for each entry, with its present content.
create table serpentry_entry (
    session_id     varchar(128) not null references serpentry_session (id) on delete cascade,
    name           varchar(255) not null,
    version        bigint       not null,
    born           bigint       not null, -- the first version since it was last created
    change         bigint       not null, -- the save that wrote this version
    written_at     bigint       not null,
    written_by     varchar(255) not null,
    media_type     varchar(127) not null,
    counter        bigint,                -- the value of a counter, whose content is empty
    format         smallint     not null,
    codec          smallint     not null, -- 0 none, 1 deflate, 2 zstd
    size           integer      not null, -- of the content
    stored_size    integer      not null,
    crc            integer      not null, -- CRC-32C of the stored bytes
    sha256         varchar(64)  not null, -- of the content, in hexadecimal
    quarantined_at bigint,
    bytes          bytea        not null,
    primary key (session_id, name)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_scale_factor = 0.05);

-- The bytes are compressed before they come here.
alter table serpentry_entry alter column bytes set storage external;
create index serpentry_entry_quarantined on serpentry_entry (session_id) where quarantined_at is not null;

-- Versions of entries that were replaced or removed. An empty name stands for the session's attributes.
create table serpentry_entry_history (
    session_id     varchar(128) not null references serpentry_session (id) on delete cascade,
    name           varchar(255) not null,
    version        bigint       not null,
    born           bigint       not null,
    change         bigint       not null,
    written_at     bigint       not null,
    written_by     varchar(255) not null,
    media_type     varchar(127) not null,
    counter        bigint,
    format         smallint     not null,
    codec          smallint     not null,
    size           integer      not null,
    stored_size    integer      not null,
    crc            integer      not null,
    sha256         varchar(64)  not null,
    quarantined_at bigint,
    bytes          bytea        not null,
    ended_change   bigint       not null, -- the save that replaced or removed it
    ended_at       bigint       not null,
    ended_by       varchar(255) not null,
    removed        boolean      not null,
    primary key (session_id, name, version)
) with (autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_scale_factor = 0.05);

alter table serpentry_entry_history alter column bytes set storage external;
create index serpentry_entry_history_ended_at on serpentry_entry_history (ended_at);

-- Ended sessions that are still to be announced.
create table serpentry_outbox (
    id          bigint generated always as identity primary key,
    session_id  varchar(128) not null,
    owner       varchar(255) not null,
    kind        smallint     not null,
    reason      smallint     not null, -- 0 deleted, 1 expired
    at          bigint       not null,
    attempts    integer      not null default 0,
    attempt_at  bigint       not null default 0 -- not to be tried before
);

create table serpentry_audit (
    id         bigint generated always as identity primary key,
    at         bigint        not null,
    principal  varchar(255)  not null,
    action     varchar(32)   not null,
    session_id varchar(128)  not null,
    owner      varchar(255)  not null,
    detail     varchar(1000) not null
);

create index serpentry_audit_at on serpentry_audit (at);
create index serpentry_audit_session on serpentry_audit (session_id, id);

-- A row to lock while the sessions of an owner are counted; used only if their number is limited.
create table serpentry_owner (
    owner varchar(255) not null primary key
);

-- Sessions in which one call at a time is to be made; a row counts until that moment.
create table serpentry_lease (
    session_id varchar(128) not null primary key,
    holder     varchar(64)  not null,
    valid_to   bigint       not null
);
