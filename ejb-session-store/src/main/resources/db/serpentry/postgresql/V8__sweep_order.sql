-- SPDX-License-Identifier: Apache-2.0
-- H2 needs an index in the order of the sweep. PostgreSQL sorts a bucket at a time by the index that it has: nothing is to be done here.
select 1;
