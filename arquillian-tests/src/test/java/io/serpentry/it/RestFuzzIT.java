// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RequestFuzz;
import io.serpentry.testkit.RequestFuzz.Request;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of every kind to every operation: each is served, or refused with a problem, and none is the server's fault. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestFuzzIT {

    private static final int REQUESTS = "1".equals(System.getenv("SERPENTRY_LONG")) ? 20_000 : 2_000;
    private static final String SEED = System.getenv("SERPENTRY_FUZZ_SEED");
    private static final int HANGS_MILLIS = 60_000;
    private static final int SHOWN = 20;
    /** The answer to HEAD has no body; TRACE is refused by the listener, before the application could say why. */
    private static final Set<String> SILENT = Set.of("HEAD", "TRACE");

    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
    }

    /** What the requests have made is not to be in the way of other tests. */
    @AfterEach
    void deleteAllSessions() {
        for (List<JsonObject> some = sessions(); !some.isEmpty(); some = sessions()) {
            for (JsonObject session : some) {
                String id = URLEncoder.encode(session.getString("id"), StandardCharsets.UTF_8);
                assertThat(admin.delete("/api/v1/sessions/" + id).status()).isEqualTo(204);
            }
        }
    }

    private List<JsonObject> sessions() {
        return admin.get("/api/v1/sessions?limit=500").items();
    }

    @Test
    void noRequestMustBeTheServersFault() {
        long seed = SEED == null ? new SecureRandom().nextLong() : Long.parseLong(SEED);
        RequestFuzz fuzz = new RequestFuzz(admin.get("/api/v1/openapi.json").json(), seed);
        List<String> faults = new ArrayList<>();
        int served = 0;
        for (int i = 0; i < REQUESTS && faults.size() < SHOWN; i++) {
            Request request = fuzz.request(i);
            try {
                RestAnswer answer = sent(request);
                String fault = fault(request, answer);
                if (!fault.isEmpty()) {
                    faults.add(fault + " " + answer.status() + " " + answer.body() + "\n  to " + request);
                }
                served += answer.status() < 300 ? 1 : 0;
            } catch (UncheckedIOException e) {
                faults.add("no answer, " + e.getMessage() + "\n  to " + request);
            }
        }

        assertThat(faults)
                .as("SERPENTRY_FUZZ_SEED=" + seed + " sends the same again")
                .isEmpty();
        assertThat(served).as("some are right").isBetween(REQUESTS / 20, REQUESTS * 19 / 20);
        admin.get("/api/v1/pools/default").json();
    }

    private RestAnswer sent(Request request) {
        RestUser user = admin.overHttp1();
        for (int i = 0; i < request.headers().size(); i += 2) {
            user = user.with(request.headers().get(i), request.headers().get(i + 1));
        }
        return user.send(
                request.method(),
                request.path(),
                request.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(request.body()));
    }

    /** Empty if there is none. */
    private static String fault(Request request, RestAnswer answer) {
        if (answer.status() >= 500) {
            return "5xx";
        }
        if (answer.status() >= 400
                && !SILENT.contains(request.method())
                && request.path().startsWith("/api/v1/")) {
            try {
                JsonObject problem = answer.problem(answer.status(), jsonCode(answer));
                return problem.getString("detail").isBlank() ? "no detail" : "";
            } catch (AssertionError | RuntimeException e) {
                return "no problem document (" + e.getMessage() + ")";
            }
        }
        return answer.status() >= 300 && answer.status() < 400 && answer.status() != 304 ? "3xx" : "";
    }

    private static String jsonCode(RestAnswer answer) {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject().getString("code");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /serpentry/api/v1/pools/%zz HTTP/1.1\r\nHost: a\r\n{auth}\r\n",
                "GET /serpentry/api/v1/pools/%c0%ae HTTP/1.1\r\nHost: a\r\n{auth}\r\n",
                "GET /serpentry/api/v1/pools/\u00e9 HTTP/1.1\r\nHost: a\r\n{auth}\r\n",
                "GET /serpentry/api/v1/pools?limit=%f HTTP/1.1\r\nHost: a\r\n{auth}\r\n",
                "GET /serpentry/api/v1/pools?%ff=%fe HTTP/1.1\r\nHost: a\r\n{auth}\r\n",
                "GET /serpentry/api/v1/pools HTTP/1.1\r\n{auth}\r\n",
                "GET http://other/serpentry/api/v1/pools HTTP/1.1\r\nHost: a\r\n{auth}\r\n",
                "GET /serpentry/api/v1/pools HTTP/9.9\r\nHost: a\r\n{auth}\r\n",
                "GET /serpentry/api/v1/../../../etc/passwd HTTP/1.1\r\nHost: a\r\n{auth}\r\n",
                "POST /serpentry/api/v1/call HTTP/1.1\r\nHost: a\r\n{auth}Content-Type: application/json\r\nContent-Length: -1\r\n\r\n",
                "POST /serpentry/api/v1/call HTTP/1.1\r\nHost: a\r\n{auth}Content-Type: application/json\r\nContent-Length: x\r\n\r\n",
                "POST /serpentry/api/v1/call HTTP/1.1\r\nHost: a\r\n{auth}Content-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /serpentry/api/v1/call HTTP/1.1\r\nHost: a\r\n{auth}Content-Type: application/json\r\n"
                        + "Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /serpentry/api/v1/sessions/import HTTP/1.1\r\nHost: a\r\n{auth}Content-Type: application/x-ndjson\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
                "\r\n\r\n\r\n",
                "\u0000\u0001\u0002\u0003\r\n\r\n",
            })
    void whatIsNoRequestMustBeRefusedOrCutOff(String text, RunningServer server) throws IOException {
        String credentials = Base64.getEncoder()
                .encodeToString(("admin:" + RunningServer.PASSWORD).getBytes(StandardCharsets.UTF_8));
        URI there = server.uri("/");
        try (Socket socket = new Socket(InetAddress.getByName(there.getHost()), there.getPort())) {
            socket.setSoTimeout(HANGS_MILLIS);
            socket.getOutputStream()
                    .write(text.replace("{auth}", "Authorization: Basic " + credentials + "\r\nConnection: close\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(answer).doesNotContain(RunningServer.PASSWORD).doesNotStartWith("HTTP/1.1 5");
        }
        assertThat(admin.get("/api/v1/pools").status()).isEqualTo(200);
    }
}
