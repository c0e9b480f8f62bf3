// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.BookingDesk;
import io.serpentry.it.app.Bookings;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.BookingClients;
import io.serpentry.testkit.JbossCli;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions and rows in the same transaction, in one data source and in two. */
@Tag("core")
class SessionDatabaseIT {

    private static final Map<String, String> VARIABLES = Map.of(
            // Nothing but what the tests do.
            "SERPENTRY_SESSION_SWEEP_INTERVAL",
            "P1D",
            "SERPENTRY_SESSION_DELIVER_INTERVAL",
            "PT1H",
            "SERPENTRY_SESSION_MAXENTRIES",
            "100000",
            // Transactions that a crash has left are ended within seconds, not minutes.
            "JAVA_OPTS",
            "-Xmx512m -Dcom.arjuna.ats.arjuna.recovery.periodicRecoveryPeriod=2"
                    + " -Dcom.arjuna.ats.arjuna.recovery.recoveryBackoffPeriod=1"
                    + " -Dcom.arjuna.ats.jta.orphanSafetyInterval=1000");

    private static final Pattern STATEMENT =
            Pattern.compile("\\[(\\d+)] (\\S+) LOG:  (?:execute [^:]*|statement): (.*)");

    private final String session = "session-" + UUID.randomUUID();

    @TempDir
    Path directory;

    private PostgresServer postgres;
    private String shop;
    private RunningServer server;

    @BeforeEach
    void startPostgresql() throws IOException {
        postgres = PostgresServer.start(Map.of("log_statement", "all", "max_prepared_transactions", "20"));
        shop = postgres.createDatabase();
    }

    @AfterEach
    void stop() {
        try (PostgresServer stopped = postgres;
                RunningServer running = server) {
            assertThat(stopped).isNotNull();
            assertThat(running).isNotNull();
        }
    }

    private OutsideApp deployed() throws IOException {
        return OutsideApp.deployed(server, OutsideWar.dependingOn("serpentry.ear", Bookings.class, BookingDesk.class));
    }

    private void addDataSource() throws IOException {
        String added = JbossCli.run(
                server,
                "data-source add --name=ShopDS --jndi-name=java:jboss/datasources/ShopDS --driver-name=postgresql"
                        + " --connection-url=" + postgres.url(shop) + credentials());
        assertThat(added).isEmpty();
    }

    private void startServer() throws IOException {
        server = RunningServer.start(5700, variables(), "--workers", "1");
    }

    /** With another database by XA, and the sessions' own data source as docs/sessions.md says for that. */
    private void startServerWithXa() throws IOException {
        String port = postgres.url(shop).replaceAll(".*:(\\d+)/.*", "$1");
        String commands = """
                xa-data-source add --name=ShopXA --jndi-name=java:jboss/datasources/ShopXA --driver-name=postgresql \
                    --xa-datasource-properties={"ServerName"=>"127.0.0.1","PortNumber"=>"%s","DatabaseName"=>"%s"}%s
                /subsystem=transactions/commit-markable-resource="java:jboss/datasources/SerpentryDS":add(name=serpentry_xid, immediate-cleanup=false)
                /subsystem=datasources/data-source=SerpentryDS:write-attribute(name=connectable, value=true)
                """.formatted(port, shop, credentials());
        Path file = Files.writeString(directory.resolve("two-databases.cli"), commands);
        server = RunningServer.start(5700, variables(), "--workers", "1", "--cli", file.toString());
    }

    private Map<String, String> variables() {
        return ServerVariables.of(postgres, postgres.createDatabase(), VARIABLES);
    }

    private String credentials() {
        return " --user-name=" + postgres.user() + " --password=" + postgres.password();
    }

    private void keepSessionsIn(String source) throws IOException {
        String done = JbossCli.run(
                server, "/system-property=serpentry.store.datasource:add(value=java:jboss/datasources/" + source + ")");
        assertThat(done).contains("success");
        assertThat(JbossCli.run(server, "/deployment=serpentry.ear:redeploy")).contains("success");
    }

    private String path(String source) {
        return "/bookings?session=" + session + "&source=" + source;
    }

    /** The statements that were executed: process, database, text. */
    private List<Matcher> statements() {
        return postgres.logLines().stream()
                .map(STATEMENT::matcher)
                .filter(Matcher::find)
                .toList();
    }

    @Test
    void theApplicationsOwnDataSourceMustCommitBothInOnePhaseOnOneConnection() throws IOException {
        startServer();
        addDataSource();
        keepSessionsIn("ShopDS");
        OutsideApp app = deployed();
        app.text("PUT", path("ShopDS"));
        postgres.clearLog();

        app.text("POST", path("ShopDS") + "&n=2");

        List<Matcher> inserts = statements().stream()
                .filter(line -> line.group(3).contains("insert into booking"))
                .toList();
        assertThat(inserts).hasSize(1);
        String process = inserts.get(0).group(1);
        assertThat(statements()).allSatisfy(line -> {
            assertThat(line.group(2)).isEqualTo(shop);
            assertThat(line.group(3)).doesNotContain("PREPARE TRANSACTION");
        });
        assertThat(statements().stream()
                        .filter(line -> line.group(3).contains("into serpentry_entry"))
                        .map(line -> line.group(1)))
                .isNotEmpty()
                .containsOnly(process);
        assertThat(statements().stream()
                        .filter(line -> line.group(1).equals(process))
                        .filter(line -> line.group(3).startsWith("COMMIT")))
                .hasSize(1);
        assertThat(app.text("GET", path("ShopDS"))).isEqualTo("2\n2\n1");
    }

    @Test
    void twoDataSourcesWithoutXaMustBeRefusedWithTheWayOut() throws IOException {
        startServer();
        addDataSource();
        OutsideApp app = deployed();
        app.text("PUT", path("ShopDS"));

        RestAnswer refused = app.send("POST", path("ShopDS") + "&n=2");

        assertThat(refused.status()).as(refused.body()).isEqualTo(409);
        assertThat(refused.body()).startsWith("ILLEGAL_STATE:").contains("serpentry.store.datasource");
        assertThat(app.text("GET", path("ShopDS"))).isEqualTo("\n\n0");
    }

    @Test
    void oneOfTwoWithXaMustCommitBothAndSurviveAKill() throws Exception {
        startServerWithXa();
        OutsideApp app = deployed();
        postgres.clearLog();
        BookingClients clients = BookingClients.start(app, "ShopXA", session);
        clients.await(100);

        server.kill();
        clients.stop();
        server.restart();
        Await.until(
                "nothing is in doubt",
                () -> postgres.query("postgres", "select count(*) from pg_prepared_xacts", Long.class) == 0);

        assertThat(statements().stream().filter(line -> line.group(3).contains("PREPARE TRANSACTION")))
                .hasSizeGreaterThanOrEqualTo(100);
        clients.check(deployed());
        assertThat(clients.refusals()).isEmpty();
    }
}
