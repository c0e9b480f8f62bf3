-- SPDX-License-Identifier: Apache-2.0
-- Where the transaction manager marks what it has committed, if the data source is a commit markable resource.
create table serpentry_xid (
    xid                  bytea not null primary key,
    transactionManagerID varchar(64) not null,
    actionuid            bytea not null
);
create index serpentry_xid_manager on serpentry_xid (transactionManagerID);
