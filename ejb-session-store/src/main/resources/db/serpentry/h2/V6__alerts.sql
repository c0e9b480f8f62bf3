-- SPDX-License-Identifier: Apache-2.0
-- What is or was wrong, as the servers on this database have seen it.
create table serpentry_alert (
    id              varchar(64)      not null primary key, -- in the order in which they were raised
    rule            varchar(64)      not null,
    subject         varchar(128)     not null,             -- a pool, or empty
    server          varchar(255)     not null,             -- the node; empty if it is about this database
    figure          double precision not null,             -- when it was raised
    threshold       double precision not null,
    raised_at       bigint           not null,
    cleared_at      bigint,
    acknowledged_at bigint,
    acknowledged_by varchar(255),
    open_key        varchar(500)                           -- rule, subject and server while it is open
);

create unique index serpentry_alert_open on serpentry_alert (open_key);
create index serpentry_alert_cleared_at on serpentry_alert (cleared_at);
