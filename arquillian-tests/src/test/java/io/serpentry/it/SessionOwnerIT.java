// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.SessionDesk;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import java.io.IOException;
import java.util.UUID;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions belong to whoever has signed in to the application that made them. */
@Tag("core")
@ExtendWith(SharedServer.class)
class SessionOwnerIT {

    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              <login-config>
                <auth-method>BASIC</auth-method>
                <realm-name>ApplicationRealm</realm-name>
              </login-config>
            </web-app>
            """;

    private final String id = "owned-" + UUID.randomUUID();
    private OutsideApp nobody;
    private OutsideApp ada;
    private OutsideApp grace;

    @BeforeEach
    void adaHasASession(RunningServer server) throws IOException {
        nobody = OutsideApp.deployed(
                server,
                OutsideWar.dependingOn("serpentry.ear", SessionDesk.class).setWebXML(new StringAsset(WEB_XML)));
        ada = nobody.as(RestUser.added(server, "owner-ada", "viewer"));
        grace = nobody.as(RestUser.added(server, "owner-grace", "viewer"));
        ada.text("PUT", "/sessions?id=" + id);
        ada.text("POST", "/sessions?text=hers&id=" + id);
    }

    @AfterEach
    void remove() throws IOException {
        nobody.undeploy();
    }

    private static String owner(OutsideApp user, String session) {
        return user.text("GET", "/sessions?id=" + session).split(" ")[0];
    }

    @Test
    void theOwnerMustBeWhoSignedIn() {
        assertThat(owner(ada, id)).isEqualTo("owner-ada");
        assertThat(ada.text("GET", "/sessions/list")).contains(id);
    }

    @Test
    void whoeverDidNotSignInMustBeAnonymous() {
        assertThat(nobody.text("PUT", "/sessions?id=free-" + id)).isEqualTo("anonymous");
        assertThat(owner(nobody, "free-" + id)).isEqualTo("anonymous");
        assertThat(owner(ada, "free-" + id)).isEqualTo("none");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /sessions?id=,               none",
        "GET,    /sessions/text?id=,          none",
        "DELETE, /sessions?id=,               false",
        "POST,   /sessions/open?id=,          SESSION_NOT_FOUND: There is no session \"%s\"",
        "POST,   /sessions?text=mine&id=,     SESSION_NOT_FOUND: There is no session \"%s\"",
    })
    void anothersSessionMustAnswerAsOneThatDoesNotExist(String method, String path, String expected) {
        RestAnswer hers = grace.send(method, path + id);
        RestAnswer missing = grace.send(method, path + "missing");

        assertThat(hers.body()).startsWith(expected.formatted(id));
        assertThat(missing.body()).isEqualTo(hers.body().replace(id, "missing"));
        assertThat(missing.status()).isEqualTo(hers.status());
        assertThat(grace.text("GET", "/sessions/list")).doesNotContain(id);
        assertThat(ada.text("GET", "/sessions/text?id=" + id)).isEqualTo("hers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator", "admin"})
    void anOperatorMustSeeEverybodysSessions(String role, RunningServer server) {
        OutsideApp operator = nobody.as(RestUser.added(server, "owner-" + role, role));

        assertThat(owner(operator, id)).isEqualTo("owner-ada");
        assertThat(operator.text("GET", "/sessions/text?id=" + id)).isEqualTo("hers");
        assertThat(operator.text("GET", "/sessions/list")).contains(id);
        assertThat(operator.text("DELETE", "/sessions?id=" + id)).isEqualTo("true");
        assertThat(owner(ada, id)).isEqualTo("none");
    }

    @Test
    void anIdThatAnotherHasMustBeTaken() {
        assertThat(grace.send("PUT", "/sessions?id=" + id).body()).startsWith("SESSION_EXISTS:");
    }
}
