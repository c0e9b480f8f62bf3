// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.ContentDigest;
import io.serpentry.session.ExportReport;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExportTest extends ArchiveFixture {

    @Test
    void theFormatMustStayAsItIs() {
        createTwo();

        assertThat(new String(exported(source, SessionQuery.all().owner("ada")), UTF_8))
                .isEqualTo("""
                        {"type":"header","format":"serpentry-sessions","version":1,"exportedAt":"2030-01-01T00:00:00Z"}
                        {"type":"session","id":"a","owner":"ada","kind":"DURABLE","createdAt":"2030-01-01T00:00:00Z",\
                        "lastAccessedAt":"2030-01-01T00:00:00Z","expiresAt":"2030-01-01T01:01:00Z","idleTimeout":"PT1H",\
                        "metadata":{"topic":"ä \\"quoted\\""},"revision":2,"entries":3}
                        {"type":"entry","name":"blob","mediaType":"application/octet-stream","version":1,"size":3,\
                        "sha256":"712450d3c4a79eea9509e75dc1dacdeff58034df538536cfae2da882bd8a0c50","content":"AP8K"}
                        {"type":"entry","name":"calls","mediaType":"application/json","version":1,"size":3,\
                        "sha256":"fec80006df0542549b4cbaafb8987eee00bb49bca396eefe9ac8be5b5928e8f6","counter":-42}
                        {"type":"entry","name":"text","mediaType":"text/plain","version":1,"size":5,\
                        "sha256":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","content":"aGVsbG8="}
                        {"type":"end","session":"a","entries":3,\
                        "sha256":"113b13f220466a60891608758770a4d92e29822f54a1a5b8d427f08526f6b12e"}
                        {"type":"footer","sessions":1,"entries":3,\
                        "sha256":"3e850d9870b0264623f00a0a4c912677007ffd45bc1899c846bd62877edb9424"}
                        """);
    }

    @Test
    void anEmptyExportMustBeAWholeArchive() {
        assertThat(exportedLines()).hasSize(2);
        assertThat(imported(WHOLE, exported()).intact()).isTrue();
    }

    @Test
    void theReportMustCountWhatWasWritten() throws IOException {
        createTwo();

        ExportReport report = archive(source).exportTo(OPERATOR, SessionQuery.all(), OutputStream.nullOutputStream());

        assertThat(report.sessions()).isEqualTo(2);
        assertThat(report.entries()).isEqualTo(3);
        assertThat(report.unreadable()).isZero();
        assertThat(report.problems()).isEmpty();
        assertThat(exportedLines()).last().asString().contains(report.sha256());
    }

    @Test
    void theDigestsMustBeThoseOfTheBytesBeforeThem() {
        createTwo();
        List<String> lines = exportedLines();
        int last = lines.size() - 1;
        int end = IntStream.range(0, last)
                .filter(i -> lines.get(i).startsWith("{\"type\":\"end\",\"session\":\"a\""))
                .findFirst()
                .orElseThrow();

        assertThat(lines.get(last)).contains(ContentDigest.of(joined(lines.subList(0, last))));
        assertThat(lines.get(end)).contains(ContentDigest.of(joined(lines.subList(end - 4, end))));
    }

    @Test
    void allPagesMustBeExported() {
        IntStream.range(0, 23).forEach(i -> source.create(ADA, session("s" + i)));

        imported(WHOLE, exported(source, SessionQuery.all().limit(5)));

        assertThat(Snapshot.of(target)).isEqualTo(Snapshot.of(source)).hasSize(23);
    }

    @Test
    void onlyWhatTheQueryShowsMustBeExported() {
        createTwo();
        source.create(ADA, NewSession.temporary().id("t"));

        imported(WHOLE, exported(source, SessionQuery.all().kind(SessionKind.TEMPORARY)));

        assertThat(Snapshot.of(target)).containsOnlyKeys("t");
    }

    @Test
    void aCallerWhoIsNoOperatorMustExportHisOwnSessionsOnly() throws IOException {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ExportReport report = archive(source).exportTo(BOB, SessionQuery.all(), out);

        assertThat(report.sessions()).isEqualTo(1);
        assertThat(out.toString(UTF_8)).contains("\"bob\"").doesNotContain("\"ada\"");
    }

    @Test
    void oneSessionMustBeExportedById() throws IOException {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        archive(source).exportTo(ADA, "a", out);
        imported(WHOLE, out.toByteArray());

        assertThat(Snapshot.of(target)).containsOnlyKeys("a");
    }

    @Test
    void anUnknownSessionMustLeaveTheStreamUntouched() {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThatThrownBy(() -> archive(source).exportTo(ADA, "b", out)).isInstanceOf(SessionNotFoundException.class);
        assertThat(out.size()).isZero();
    }

    @Test
    void aFailureOfTheStreamMustComeOutAsItIs() {
        createTwo();
        IOException full = new IOException("no space left");
        OutputStream refusing = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw full;
            }
        };

        assertThatThrownBy(() -> archive(source).exportTo(OPERATOR, SessionQuery.all(), refusing))
                .isSameAs(full);
    }

    @Test
    void theStreamMustStayOpen() throws IOException {
        OutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                throw new AssertionError("closed");
            }
        };

        assertThat(archive(source).exportTo(OPERATOR, SessionQuery.all(), out).sessions())
                .isZero();
    }
}
