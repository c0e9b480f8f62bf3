// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.BookingDesk;
import io.serpentry.it.app.Bookings;
import io.serpentry.it.app.ConversationDesk;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.BookingClients;
import io.serpentry.testkit.Conversation;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sessions, rows of an application in one transaction with them, and a conversation, on servers that are stopped and killed in mid-work. */
class SessionKillIT {

    private static final int OFFSET = 5200;
    private static final int FEW = 2;
    private static final int MANY = 200;

    /** A round may book more numbers than a session has entries by default. */
    private static final Map<String, String> ROOM = Map.of("SERPENTRY_SESSION_MAXENTRIES", "100000");

    @Test
    @Tag("core")
    void transactionsMustBeWholeAndAConversationGoOnAfterAStopAndKillsOnH2() throws Exception {
        killAgainAndAgain(ROOM, FEW);
    }

    @Test
    @Tag("core")
    void transactionsMustBeWholeAndAConversationGoOnAfterAStopAndKillsOnPostgresql() throws Exception {
        killAgainAndAgain(onPostgresql(), FEW);
    }

    @Test
    @Tag("long")
    void eachTransactionMustBeWholeAfterManyKillsOnH2() throws Exception {
        killAgainAndAgain(ROOM, MANY);
    }

    @Test
    @Tag("long")
    void eachTransactionMustBeWholeAfterManyKillsOnPostgresql() throws Exception {
        killAgainAndAgain(onPostgresql(), MANY);
    }

    private static Map<String, String> onPostgresql() {
        PostgresServer postgres = PostgresServer.shared();
        return ServerVariables.of(postgres, postgres.createDatabase(), ROOM);
    }

    private static void killAgainAndAgain(Map<String, String> variables, int rounds) throws Exception {
        try (RunningServer server = RunningServer.start(OFFSET, variables, "--workers", "1")) {
            OutsideApp app = deployed(server);
            Conversation conversation = Conversation.begun(app, "conversation");
            conversation.say(app);
            conversation.say(app);
            server.stop();
            server.restart();
            app = deployed(server);
            conversation.check(app);
            for (int round = 1; round <= rounds; round++) {
                BookingClients clients = BookingClients.start(app, "SerpentryDS", "round-" + round);
                Background<Void> talk = conversation.untilTheServerIsGone(app);
                conversation.await(2);
                // Anywhere in the work: with the first numbers, or after many.
                clients.await(ThreadLocalRandom.current().nextInt(1, 300));
                server.kill();
                clients.stop();
                assertThat(talk.outcome()).isNull();
                server.restart();
                app = deployed(server);
                clients.check(app);
                assertThat(clients.refusals()).as("round %d", round).isEmpty();
                conversation.check(app);
            }
        }
    }

    private static OutsideApp deployed(RunningServer server) throws Exception {
        return OutsideApp.deployed(
                server,
                OutsideWar.dependingOn("serpentry.ear", Bookings.class, BookingDesk.class, ConversationDesk.class));
    }
}
