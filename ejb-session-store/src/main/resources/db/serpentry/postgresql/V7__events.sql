-- SPDX-License-Identifier: Apache-2.0
-- What has happened, in the order in which it was committed. Instants are milliseconds since 1970, UTC.
create table serpentry_event (
    id         bigint       not null primary key,
    at         bigint       not null,
    node       varchar(255) not null,
    type       varchar(64)  not null,
    session_id varchar(128), -- of the session that it is about
    batch      varchar(36)  not null, -- those that were written together
    data       text         not null -- a JSON object
);

create index serpentry_event_session on serpentry_event (session_id, id);

-- One row: who has locked it numbers events until its transaction ends, so that ids are committed in their order.
create table serpentry_event_number (
    last_id bigint not null
) with (fillfactor = 50);

insert into serpentry_event_number (last_id) values (0);
