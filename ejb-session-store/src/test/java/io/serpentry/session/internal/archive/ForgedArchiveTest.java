// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.session.ArchiveProblem;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.ImportReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that no export has, with digests that are right. */
class ForgedArchiveTest extends ArchiveFixture {

    private List<String> lines;

    @BeforeEach
    void export() {
        createTwo();
        source.delete(BOB, "b");
        lines = exportedLines();
    }

    /** With that text instead of the other in all lines, and the digests made for it. */
    private byte[] forged(String old, String replacement) {
        List<String> forged = new ArrayList<>(lines.stream()
                .limit(lines.size() - 2)
                .map(line -> line.replace(old, replacement))
                .toList());
        assertThat(forged).as("forged").isNotEqualTo(lines.subList(0, forged.size()));
        String session = ContentDigest.of(joined(forged.subList(1, forged.size())));
        forged.add("{\"type\":\"end\",\"session\":\"a\",\"entries\":3,\"sha256\":\"" + session + "\"}");
        String file = ContentDigest.of(joined(forged));
        forged.add("{\"type\":\"footer\",\"sessions\":1,\"entries\":3,\"sha256\":\"" + file + "\"}");
        return joined(forged);
    }

    private ArchiveProblem refused(String old, String replacement) {
        return refusal(forged(old, replacement));
    }

    @Test
    void theForgeryItselfMustBeRight() {
        ImportReport report = imported(WHOLE, forged("\"topic\"", "\"other\""));

        assertThat(report.intact()).isTrue();
        assertThat(Snapshot.of(target).get("a").metadata()).containsOnlyKeys("other");
    }

    @Test
    void aNewerVersionMustBeRefusedWithBothVersions() {
        ArchiveProblem problem = refused("\"version\":1,\"exp", "\"version\":2,\"exp");

        assertThat(problem.line()).isEqualTo(1);
        assertThat(problem.message()).contains("version is 2").contains("reads version 1");
    }

    @Test
    void aNewerVersionMustBeRefusedWhateverElseItsHeaderHolds() {
        assertThat(refused("\"version\":1,\"exp", "\"version\":3,\"keys\":7,\"exp")
                        .message())
                .contains("version is 3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "{}\n", "[]\n", "null\n", "{\"type\":\"header\"}\n", "\u0000\n", "PK\u0003\u0004"})
    void whatIsNoArchiveMustBeRefusedAtItsFirstLine(String file) {
        assertThat(refusal(bytes(file)).line()).isEqualTo(1);
    }

    @Test
    void aByteOrderMarkMustBeRefused() {
        assertThat(refusal(bytes("\ufeff" + String.join("\n", lines) + "\n")).line())
                .isEqualTo(1);
    }

    @Test
    void linesThatEndAsOnWindowsMustBeRefused() {
        assertThat(refusal(bytes(String.join("\r\n", lines) + "\r\n")).message())
                .contains("not those that were exported");
    }

    @Test
    void whatIsNotUtf8MustBeRefused() {
        byte[] latin = String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1);

        assertThat(refusal(latin).message()).contains("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "-9223372036854775809",
                "1e3",
                "1.0",
                "-0.5",
                "1E400",
                "NaN",
                "\"42\"",
                "null",
                "true",
                "[1]"
            })
    void aCounterThatIsNoIntegerOf64BitsMustBeRefused(String number) {
        assertThat(refused("\"counter\":-42", "\"counter\":" + number).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void aNumberOfAMillionDigitsMustBeRefused() {
        assertThat(refused("\"counter\":-42", "\"counter\":" + "7".repeat(1_000_000))
                        .code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void deepNestingMustBeRefused(String open) {
        assertThat(refused("{\"topic\"", "{\"x\":" + open.repeat(100_000) + ",\"topic\"")
                        .code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "\"id\":\"a\"            | \"id\":\"../a\"",
                "\"id\":\"a\"            | \"id\":\"\"",
                "\"id\":\"a\"            | \"id\":\"a\",\"id\":\"a\"",
                "\"owner\":\"ada\"       | \"owner\":\"\"",
                "\"owner\":\"ada\"       | \"owner\":\"a\\ud800\"",
                "\"owner\":\"ada\"       | \"owner\":\"a\\n\"",
                "\"owner\":\"ada\"       | \"owner\":\"ada\",\"admin\":\"yes\"",
                "\"owner\":\"ada\",      | ''",
                "\"kind\":\"DURABLE\"    | \"kind\":\"durable\"",
                "\"PT1H\"                | \"PT0S\"",
                "\"PT1H\"                | \"-PT1H\"",
                "\"PT1H\"                | \"P40000D\"",
                "\"PT1H\"                | \"PT9999999999999999999H\"",
                "\"PT1H\"                | \"1 hour\"",
                "\"PT1H\"                | \"PT1H\",\"lifetime\":null",
                "\"createdAt\":\"2030    | \"createdAt\":\"+999999999",
                "\"createdAt\":\"2030    | \"createdAt\":\"1969",
                "\"createdAt\":\"2030    | \"createdAt\":\"-0001",
                "\"revision\":2          | \"revision\":-2",
                "\"entries\":3           | \"entries\":4",
                "\"entries\":3           | \"entries\":-1",
                "\"topic\":              | \"topic\":\"x\",\"topic\":",
                "\"topic\":              | \"number\":1,\"topic\":",
                "\"topic\":              | \"\":\"x\",\"topic\":",
                "\"type\":\"entry\"      | \"type\":\"program\"",
                "\"type\":\"entry\"      | \"type\":7",
                "\"name\":\"text\"       | \"name\":\"blob\"",
                "\"text/plain\"          | \"plain\"",
                "\"size\":5              | \"size\":6",
                "\"size\":5              | \"size\":99999999999",
                "\"aGVsbG8=\"            | \"aGVsbG8=\",\"counter\":1",
                "\"aGVsbG8=\"            | \"aGVsbG8\u00a0\"",
                "\"aGVsbG8=\"            | \"bGVsbG8=\"",
                "\"content\":\"aGVsbG8=\"| \"quarantined\":\"\"",
                ",\"content\":\"aGVsbG8=\"| ''",
                "\"sha256\":\"2cf2       | \"sha256\":\"2CF2",
            })
    void aLineWithAnImpossibleMemberMustBeRefused(String old, String replacement) {
        assertThat(refused(old, replacement).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void aTimeOfCreationInTheFutureMustBeReported() {
        ImportReport report = imported(
                WHOLE, forged("\"createdAt\":\"2030-01-01T00:00:00Z\"", "\"createdAt\":\"2030-01-01T00:00:01Z\""));

        assertThat(report.problems()).singleElement().satisfies(problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT));
        assertThat(Snapshot.of(target)).isEmpty();
    }

    @Test
    void aFooterThatCountsOtherwiseMustBeRefused() {
        lines.set(lines.size() - 1, lines.get(lines.size() - 1).replace("\"sessions\":1", "\"sessions\":2"));

        assertThat(refusal(joined(lines)).line()).isEqualTo(lines.size());
    }

    @Test
    void aMessageMustNotRepeatWhatMayForgeALogLine() {
        assertThat(refused("\"owner\":\"ada\"", "\"owner\":\"ada\\nroot did it\"")
                        .message())
                .doesNotContain("\n");
    }
}
