-- SPDX-License-Identifier: Apache-2.0
-- Migrations of sessions between workers, and what was done with each session.
create table serpentry_migration (
    id          varchar(64)   not null primary key,
    plan_id     varchar(64)   not null,
    kind        varchar(16)   not null,
    pool        varchar(255),
    from_worker varchar(255),
    to_worker   varchar(255),
    targets     varchar(100000) not null, -- JSON object: worker to share
    deadline    bigint        not null,   -- milliseconds
    reason      varchar(500)  not null,
    state       varchar(16)   not null,
    server      varchar(255)  not null,
    instance    varchar(64)   not null,   -- which start of the server
    principal   varchar(255)  not null,
    outcome     varchar(2000) not null,
    created_at  bigint        not null,
    started_at  bigint,
    ended_at    bigint,
    seen_at     bigint        not null,   -- when its server was last at work on it
    total       integer       not null,
    moved       integer       not null,
    skipped     integer       not null,
    returned    integer       not null
);

create index serpentry_migration_created_at on serpentry_migration (created_at, id);
create index serpentry_migration_state on serpentry_migration (state);

create table serpentry_migration_move (
    migration_id    varchar(64)  not null references serpentry_migration (id) on delete cascade,
    number          integer      not null,
    session_id      varchar(128) not null,
    pool            varchar(255) not null,
    from_worker     varchar(255),
    to_worker       varchar(255),
    state           varchar(16)  not null,
    revision_before bigint,
    digest_before   varchar(64),
    revision_after  bigint,
    digest_after    varchar(64),
    cold_entries    integer      not null,
    moved_at        bigint,
    micros          bigint,
    problem         varchar(500),
    primary key (migration_id, number)
);

create index serpentry_migration_move_state on serpentry_migration_move (migration_id, state, number);
create index serpentry_migration_move_session on serpentry_migration_move (session_id);
