// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** WildFly's command line, connected to a server of ours on this machine. */
public final class JbossCli {

    /** The connection definition of the default pool, as the command line names it. */
    public static final String POOL = "/deployment=serpentry.ear/subdeployment=resource-adapter.rar"
            + "/subsystem=resource-adapters/ironjacamar=ironjacamar"
            + "/resource-adapter=serpentry.ear\\#resource-adapter.rar"
            + "/connection-definitions=java\\:\\/eis\\/Python";

    private JbossCli() {}

    /** Runs one command and gives what it prints. */
    public static String run(RunningServer server, String command) throws IOException {
        Path cli = Path.of(System.getProperty("jboss.home"), "bin", "jboss-cli.sh");
        Process process = new ProcessBuilder(
                        cli.toString(),
                        "--connect",
                        "--controller=localhost:" + server.managementPort(),
                        "--command=" + command)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Runs commands, one after the other in one session, until one fails; gives what they print. */
    public static String runAll(RunningServer server, List<String> commands) throws IOException {
        Path script = Files.createTempFile("serpentry", ".cli");
        try {
            Files.write(script, commands);
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("jboss.home"), "bin", "jboss-cli.sh")
                                    .toString(),
                            "--connect",
                            "--controller=localhost:" + server.managementPort(),
                            "--file=" + script)
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            Files.delete(script);
        }
    }
}
