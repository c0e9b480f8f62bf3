// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestDocument;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Shape;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The deletion of many sessions, as docs/rest.md promises it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestBulkIT {

    private static final String SESSIONS = "/api/v1/sessions";

    private final String owner = "o-" + UUID.randomUUID();
    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
    }

    private void create(int count) {
        for (int i = 0; i < count; i++) {
            admin.post(
                            SESSIONS,
                            "{\"id\": \"%s-%03d\", \"owner\": \"%s\", \"metadata\": {\"branch\": \"%s\"}}"
                                    .formatted(owner, i, owner, i % 2 == 0 ? "north" : "south"))
                    .json(201);
        }
    }

    private int left() {
        return admin.get(SESSIONS + "?filter=owner:" + owner).items().size();
    }

    private String matching(String more) {
        return SESSIONS + "?filter=owner:" + owner + more;
    }

    @Test
    void aDryRunMustTellHowManyAndDeleteNone() {
        create(23);

        JsonObject dry = admin.delete(matching("&dryRun=true")).json();

        assertThat(Shape.of(dry)).isEqualTo(Shape.of(RestDocument.sampleWith("matched")));
        assertThat(dry.getInt("matched")).isEqualTo(23);
        assertThat(dry.getInt("deleted")).isZero();
        assertThat(dry.getBoolean("more")).isFalse();
        List<String> first = dry.getJsonArray("first").getValuesAs(JsonString::getString);
        assertThat(first).hasSize(20).isSorted().first().isEqualTo(owner + "-000");
        assertThat(left()).isEqualTo(23);
    }

    @Test
    void thoseThatMatchMustBeDeletedIfTheyAreAsManyAsExpected() {
        create(6);

        JsonObject done =
                admin.delete(matching("&q=north&expectedCount=3&reason=trial")).json();

        assertThat(done.getInt("deleted")).isEqualTo(3);
        assertThat(admin.get(SESSIONS + "?filter=owner:" + owner + "&sort=id").items())
                .extracting(item -> item.getString("id"))
                .containsExactly(owner + "-001", owner + "-003", owner + "-005");
        JsonObject audited = admin.get("/api/v1/audit?filter=action:delete many&limit=1".replace(" ", "%20"))
                .items()
                .get(0);
        assertThat(audited.getString("reason")).isEqualTo("trial");
        assertThat(audited.getString("detail")).isEqualTo("filter=owner:" + owner + " q=north");
        assertThat(audited.getString("before") + " -> " + audited.getString("after"))
                .isEqualTo("3 sessions -> 0 sessions");
        assertThat(admin.get("/api/v1/audit?filter=action:delete,session:" + owner + "-002")
                        .items())
                .extracting(row -> row.getString("reason"))
                .containsExactly("trial");
    }

    @ParameterizedTest
    @CsvSource({"2", "4", "0"})
    void noneMustBeDeletedIfTheyAreNotAsManyAsExpected(int expected) {
        create(3);

        JsonObject problem =
                admin.delete(matching("&reason=x&expectedCount=" + expected)).problem(412, "PRECONDITION_FAILED");

        assertThat(problem.getJsonObject("context").getString("actual")).isEqualTo("3");
        assertThat(problem.getJsonObject("context").getString("expected")).isEqualTo("" + expected);
        assertThat(left()).isEqualTo(3);
    }

    @Test
    void moreThanAPageMustBeDeletedAtOnce() {
        create(510);

        assertThat(admin.delete(matching("&expectedCount=510&reason=trial"))
                        .json()
                        .getInt("deleted"))
                .isEqualTo(510);
        assertThat(left()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                        filter",
        "expectedCount=0&reason=x,                  filter",
        "filter=&expectedCount=0&reason=x,          filter",
        "q=&expectedCount=0&reason=x,               q",
        "q=%20&reason=x,                            expectedCount",
        "q=a&reason=x,                              expectedCount",
        "q=a&reason=x&expectedCount=-1,             expectedCount",
        "q=a&reason=x&expectedCount=10001,          expectedCount",
        "q=a&reason=x&expectedCount=1&dryRun=true,  expectedCount",
        "q=a&reason=x&expectedCount=1&dryRun=yes,   dryRun",
        "q=a&expectedCount=0,                       reason",
        "q=a&expectedCount=0&reason=,               reason",
        "q=a&expectedCount=0&reason=x&limit=1,      limit",
        "q=a&q=b&expectedCount=0&reason=x,          q",
    })
    void anOrderThatIsNotClearMustBeRefused(String query, String field) {
        JsonObject problem = admin.delete(SESSIONS + "?" + query).problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(field);
    }
}
