// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import io.serpentry.connector.PythonException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Every way to ask for one session by its id, of which an entry {@link #ENTRY} may exist. */
enum SessionCall {
    FIND(SessionStore::find, Optional.empty()),
    ENTRIES((store, caller, id) -> store.entries(caller, id, Set.of(SessionCall.ENTRY), Set.of())),
    LOAD((store, caller, id) -> store.load(caller, id, Set.of(SessionCall.ENTRY), Set.of()), Optional.empty()),
    SAVE((store, caller, id) ->
            store.save(caller, delta(id).put(SessionCall.ENTRY, "a/b", new byte[1], EntryChange.ANY))),
    SAVE_OF_NOTHING((store, caller, id) -> store.save(caller, delta(id))),
    SAVE_OF_A_CONFLICT((store, caller, id) ->
            store.save(caller, delta(id).expectedRevision(77).read("none", 8))),
    SAVE_OF_A_NEW_ENTRY((store, caller, id) -> store.save(caller, delta(id).put("new", "a/b", new byte[0], 0))),
    REMOVE((store, caller, id) -> store.save(caller, delta(id).remove(SessionCall.ENTRY, EntryChange.ANY))),
    INCREMENT((store, caller, id) -> store.save(caller, delta(id).increment(SessionCall.ENTRY, 1))),
    TIMES((store, caller, id) -> store.save(caller, delta(id).attributes(times()))),
    OWNER((store, caller, id) -> store.save(caller, delta(id).attributes(owner(caller)))),
    DELETE(SessionStore::delete, false),
    TOUCH((store, caller, id) -> store.touch(caller, id, Instant.EPOCH)),
    TOUCH_AT_LEAST((store, caller, id) -> store.touch(caller, id, Instant.parse("2040-01-01T00:00:00Z"))),
    REVISIONS(SessionStore::revisions),
    VERSION((store, caller, id) -> store.version(caller, id, SessionCall.ENTRY, 1)),
    RESTORE((store, caller, id) -> store.restore(caller, id, 1)),
    RESTORE_ENTRY((store, caller, id) -> store.restoreEntry(caller, id, SessionCall.ENTRY, 1));

    static final String ENTRY = "entry";

    private final Call call;
    private final Object answer;

    /** What the answer is if there is no such session: a value. */
    SessionCall(Call call, Object answer) {
        this.call = call;
        this.answer = answer;
    }

    /** What the answer is if there is no such session: {@link SessionNotFoundException}. */
    SessionCall(Call call) {
        this(call, SessionNotFoundException.class);
    }

    private interface Call {
        Object on(SessionStore store, Caller caller, String id);
    }

    Object run(SessionStore store, Caller caller, String id) {
        return call.on(store, caller, id);
    }

    /** All that a caller learns by it, with the id left out. */
    String answer(SessionStore store, Caller caller, String id) {
        try {
            return run(store, caller, id).toString();
        } catch (PythonException e) {
            String answer = String.join(
                    " ",
                    e.getClass().getName(),
                    e.code().name(),
                    e.getMessage(),
                    "" + new TreeMap<>(e.context()),
                    "" + e.retryable());
            return answer.replace(id, "ID");
        }
    }

    /** Whether that is what a caller is told of a session that does not exist. */
    boolean isOfNone(String given) {
        return answer instanceof Class<?> failure
                ? given.startsWith(failure.getName())
                : given.equals(answer.toString());
    }

    private static SessionDelta delta(String id) {
        return SessionDelta.of(id);
    }

    private static AttributeChange times() {
        return new AttributeChange(null, Duration.ofDays(9), Duration.ofDays(9), Map.of("key", "value"), Set.of());
    }

    private static AttributeChange owner(Caller caller) {
        return new AttributeChange(caller.name(), null, null, Map.of(), Set.of());
    }
}
