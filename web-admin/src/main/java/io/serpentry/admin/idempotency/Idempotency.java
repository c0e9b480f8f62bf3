// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.JsonText;
import io.serpentry.admin.problem.AdminLog;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonException;
import io.serpentry.request.RememberedAnswer;
import io.serpentry.request.RememberedRequest;
import io.serpentry.request.RequestMemory;
import io.serpentry.session.StoreUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does a request with a key once, whichever server it is sent to. A request of the same principal with the same key gets the first
 * one's answer. What was refused and changed nothing may be sent again with its key. If nobody knows how the first has ended,
 * nothing is done under its key for a day.
 */
@ApplicationScoped
public class Idempotency {

    public static final String HEADER = "Idempotency-Key";

    private static final String REPLAYED = "Idempotency-Replayed";

    @Inject
    RequestMemory memory;

    /**
     * Does the work, or gives the answer to the first request.
     *
     * @param header the values of the header; none for a request that is done each time
     * @param work its answer's entity is an {@link Answer}
     * @throws io.serpentry.connector.PythonException INVALID_ARGUMENT for what can be no key; ILLEGAL_STATE if the first request asked
     *     for something else, or is under way; what {@code work} throws
     */
    public Response once(List<String> header, String principal, Fingerprint asked, Supplier<Response> work) {
        String key = key(header);
        if (key == null) {
            return work.get();
        }
        Optional<RememberedRequest> first = memory.begin(principal, key);
        if (first.isPresent()) {
            return replayed(first.get(), asked);
        }
        Response answer = firstAnswer(principal, key, work);
        remember(principal, key, asked, answer);
        return answer;
    }

    private static @Nullable String key(List<String> header) {
        if (header.isEmpty()) {
            return null;
        }
        String key = header.get(0);
        if (header.size() > 1 || !key.matches("[!-~]{1," + RequestMemory.KEY_LENGTH + "}")) {
            throw Refusal.field(
                    HEADER,
                    HEADER + " must stand once, and have 1 to " + RequestMemory.KEY_LENGTH
                            + " visible ASCII characters without blanks");
        }
        return key;
    }

    private static Response replayed(RememberedRequest first, Fingerprint asked) {
        RememberedRequest.Done done = first.done();
        if (done == null) {
            throw Refusal.illegalState(
                    "a request with this " + HEADER + " began at " + first.begunAt()
                            + " and is under way, or its server"
                            + " has ended before it; look whether it was done, and use another key if not",
                    Map.of("begunAt", first.begunAt().toString()));
        }
        if (!done.fingerprint().equals(asked.hex())) {
            throw Refusal.illegalState(
                    "another request was sent with this " + HEADER + " at " + first.begunAt() + "; use another key",
                    Map.of("begunAt", first.begunAt().toString()));
        }
        RememberedAnswer answer = done.answer();
        Response.ResponseBuilder again = Response.status(answer.status())
                .type(answer.mediaType())
                .entity(answer.body().getBytes(UTF_8))
                .header(REPLAYED, "true");
        if (!answer.location().isEmpty()) {
            again.location(URI.create(answer.location()));
        }
        if (!answer.entityTag().isEmpty()) {
            again.tag(answer.entityTag());
        }
        return again.build();
    }

    private Response firstAnswer(String principal, String key, Supplier<Response> work) {
        try {
            return work.get();
        } catch (PythonException e) {
            if (e.code().httpStatus() < 500 || "false".equals(e.context().get("sent"))) {
                memory.forgetRequest(principal, key);
            }
            throw e;
        }
    }

    /** The work is done: who sent it is told so whether or not that can be remembered. */
    private void remember(String principal, String key, Fingerprint asked, Response answer) {
        String body = new String(JsonText.of((Answer) answer.getEntity()), UTF_8);
        if (body.length() > RememberedAnswer.LONGEST_BODY) {
            AdminLog.LOG.answerTooLong(key, principal, body.length());
            return;
        }
        URI location = answer.getLocation();
        RememberedAnswer kept = new RememberedAnswer(
                answer.getStatus(),
                MediaType.APPLICATION_JSON,
                location == null ? "" : location.toString(),
                answer.getEntityTag() == null ? "" : answer.getEntityTag().getValue(),
                body);
        try {
            memory.done(principal, key, new RememberedRequest.Done(asked.hex(), kept));
        } catch (StoreUnavailableException e) {
            AdminLog.LOG.answerNotRemembered(key, principal, e);
        }
    }
}
