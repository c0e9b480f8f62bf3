-- SPDX-License-Identifier: Apache-2.0
-- What is to be done in Python after a commit, written in its transaction; gone when it has been done.
create table serpentry_operation (
    id          varchar(64)  not null primary key,
    session_id  varchar(128) not null,
    description varchar(500) not null,
    noted_at    bigint       not null,
    noted_by    varchar(255) not null,
    server      varchar(255) not null -- the node that was to do it
);

create index serpentry_operation_noted_at on serpentry_operation (noted_at, id);
