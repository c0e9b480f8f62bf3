// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

/**
 * A session of which the database refuses the first new entries, as it does when another transaction was in the way, and counts how often
 * one was to be written. The count is a sequence's: no rollback takes it back.
 */
public final class ContendedSession {

    private static final String SEQUENCE = "create sequence %s";

    private static final String FUNCTION = """
            create function %1$s_met() returns trigger language plpgsql as $$
            begin
              if nextval('%1$s') <= %2$d then
                raise exception 'another transaction, as the test wants it' using errcode = 'serialization_failure';
              end if;
              return new;
            end $$
            """;

    private static final String TRIGGER = """
            create trigger %1$s before insert on serpentry_entry
            for each row when (new.session_id = '%2$s') execute function %1$s_met()
            """;

    private final PostgresServer postgres;
    private final String database;
    private final String name;

    private ContendedSession(PostgresServer postgres, String database, String name) {
        this.postgres = postgres;
        this.database = database;
        this.name = name;
    }

    /** @param refusals how many writes are refused before the first succeeds */
    public static ContendedSession of(PostgresServer postgres, String database, String session, int refusals) {
        String name = "contended_" + session.replaceAll("\\W", "_");
        postgres.execute(
                database,
                SEQUENCE.formatted(name),
                FUNCTION.formatted(name, refusals),
                TRIGGER.formatted(name, session));
        return new ContendedSession(postgres, database, name);
    }

    /** How many entries were to be written since. */
    public long attempts() {
        return postgres.query(
                database, "select case when is_called then last_value else 0 end from " + name, Long.class);
    }
}
