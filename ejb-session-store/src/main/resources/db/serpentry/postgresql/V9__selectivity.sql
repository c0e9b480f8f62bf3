-- SPDX-License-Identifier: Apache-2.0
-- H2 has to be told what PostgreSQL learns by itself: nothing is to be done here.
select 1;
