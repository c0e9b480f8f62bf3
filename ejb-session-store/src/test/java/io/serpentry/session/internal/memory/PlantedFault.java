// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryRead;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionObserver;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import io.serpentry.session.Touched;
import io.serpentry.session.internal.store.SessionSettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What an adapter may do wrong, and the part of the contract that has to notice. */
enum PlantedFault {
    COMPARE_AND_SET_IGNORED("Conflicts") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (given[1] instanceof SessionDelta delta) {
                    given[1] = new SessionDelta(
                            delta.session(),
                            delta.changes().stream()
                                    .map(PlantedFault::unconditional)
                                    .toList(),
                            delta.attributes(),
                            SessionDelta.ANY_REVISION,
                            Map.of());
                }
                return UNTOUCHED;
            };
        }
    },
    EXPIRY_EARLY("Expiry") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (!method.equals("find")) {
                    return UNTOUCHED;
                }
                Optional<SessionView> found = store.find((Caller) given[0], (String) given[1]);
                return found.filter(
                        view -> clock.instant().isBefore(view.info().expiresAt().minusMillis(1)));
            };
        }
    },
    SWEEP_WITHOUT_A_SECOND_LOOK("Sweeps") {
        @Override
        Habit habit(InstantSource clock) {
            Map<String, Instant> seen = new ConcurrentHashMap<>();
            return (store, method, given) -> {
                if (method.equals("touch")) {
                    store.find(Caller.SYSTEM, (String) given[1])
                            .ifPresent(view ->
                                    seen.put(view.info().id(), view.info().expiresAt()));
                } else if (method.equals("expireDue")) {
                    seen.forEach((id, expiry) -> {
                        if (!clock.instant().isBefore(expiry)) {
                            store.delete(Caller.SYSTEM, id);
                        }
                    });
                }
                return UNTOUCHED;
            };
        }
    },
    OWNER_NOT_CHECKED("Owners") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (given != null && given[0] instanceof Caller caller && !method.equals("create")) {
                    given[0] = Caller.operator(caller.name());
                }
                return UNTOUCHED;
            };
        }
    },
    ANNOUNCED_TWICE("Announcements") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (given != null && given[given.length - 1] instanceof SessionObserver observer) {
                    given[1] = (SessionObserver) ended -> {
                        observer.ended(ended);
                        observer.ended(ended);
                    };
                }
                return UNTOUCHED;
            };
        }
    },
    ANNOUNCED_IN_SPITE_OF_A_FAILURE("Announcements") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (given != null && given[given.length - 1] instanceof SessionObserver observer) {
                    given[1] = (SessionObserver) ended -> {
                        try {
                            observer.ended(ended);
                        } catch (RuntimeException e) {
                            // Not asked again.
                        }
                    };
                }
                return UNTOUCHED;
            };
        }
    },
    QUOTA_OFF_BY_ONE("Quotas") {
        @Override
        SessionSettings settings(SessionSettings right) {
            return with(right, right.maxEntries() + 1, right.historyCount());
        }
    },
    HISTORY_NOT_KEPT("History") {
        @Override
        SessionSettings settings(SessionSettings right) {
            return with(right, right.maxEntries(), 0);
        }
    },
    CHECKSUM_NOT_CHECKED("DamagedEntries") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (!method.equals("entries")) {
                    return UNTOUCHED;
                }
                @SuppressWarnings("unchecked")
                List<EntryRead> read = (List<EntryRead>) right(store, method, given);
                return read.stream()
                        .map(one -> one instanceof EntryRead.Corrupt corrupt
                                ? new EntryRead.Content(corrupt.info(), ByteBuffer.allocate(0))
                                : one)
                        .toList();
            };
        }
    },
    SAVE_OF_WHAT_IS_GONE_IN_SILENCE("Saves") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (!method.equals("save")) {
                    return UNTOUCHED;
                }
                try {
                    return right(store, method, given);
                } catch (SessionNotFoundException e) {
                    return new Saved(1, Map.of(), Map.of());
                }
            };
        }
    },
    CREATED_OVER_ANOTHER("Creation") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (!method.equals("create")) {
                    return UNTOUCHED;
                }
                try {
                    return right(store, method, given);
                } catch (SessionExistsException e) {
                    store.delete(Caller.SYSTEM, ((NewSession) given[1]).id());
                    return right(store, method, given);
                }
            };
        }
    },
    INCREMENT_OF_ONE_FORGOTTEN("Counters") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (method.equals("save") && given[1] instanceof SessionDelta delta) {
                    given[1] = new SessionDelta(
                            delta.session(),
                            delta.changes().stream()
                                    .map(PlantedFault::lessByOne)
                                    .toList(),
                            delta.attributes(),
                            delta.expectedRevision(),
                            delta.reads());
                }
                return UNTOUCHED;
            };
        }
    },
    ACCESS_NOT_WRITTEN("Touches") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (!method.equals("touch")) {
                    return UNTOUCHED;
                }
                Instant expiresAt = store.find((Caller) given[0], (String) given[1])
                        .orElseThrow(() -> new SessionNotFoundException((String) given[1]))
                        .info()
                        .expiresAt();
                return new Touched(Touched.Outcome.COALESCED, expiresAt);
            };
        }
    },
    LAST_OF_A_PAGE_LEFT_OUT("Pages") {
        @Override
        Habit habit(InstantSource clock) {
            return (store, method, given) -> {
                if (!method.equals("page")) {
                    return UNTOUCHED;
                }
                SessionPage page = (SessionPage) right(store, method, given);
                return page.next() == null
                        ? page
                        : new SessionPage(page.items().subList(0, page.items().size() - 1), page.next());
            };
        }
    };

    private static final Object UNTOUCHED = new Object();

    private final String noticedBy;

    PlantedFault(String noticedBy) {
        this.noticedBy = noticedBy;
    }

    /** What is done instead of a call, or to what it is given; {@link #UNTOUCHED} to let it happen. */
    @FunctionalInterface
    interface Habit {
        Object instead(SessionStore store, String method, Object @Nullable [] given) throws Throwable;
    }

    /** The nested class of the contract. */
    String noticedBy() {
        return noticedBy;
    }

    Habit habit(InstantSource clock) {
        return (store, method, given) -> UNTOUCHED;
    }

    SessionSettings settings(SessionSettings right) {
        return right;
    }

    /** A store with this fault and no other. */
    SessionStore in(SessionStore store, InstantSource clock) {
        Habit habit = habit(clock);
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(), new Class<?>[] {SessionStore.class}, (proxy, method, given) -> {
                    Object instead = habit.instead(store, method.getName(), given);
                    return instead == UNTOUCHED ? invoked(() -> method.invoke(store, given)) : instead;
                });
    }

    @FunctionalInterface
    private interface Call {
        Object make() throws ReflectiveOperationException;
    }

    private static Object invoked(Call call) throws Throwable {
        try {
            return call.make();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object right(SessionStore store, String name, Object[] given) throws Throwable {
        for (var method : SessionStore.class.getMethods()) {
            if (method.getName().equals(name)) {
                return invoked(() -> method.invoke(store, given));
            }
        }
        throw new AssertionError(name);
    }

    private static EntryChange unconditional(EntryChange change) {
        if (change instanceof EntryChange.Put put) {
            return new EntryChange.Put(put.name(), put.mediaType(), put.content(), EntryChange.ANY);
        }
        return change instanceof EntryChange.Remove remove
                ? new EntryChange.Remove(remove.name(), EntryChange.ANY)
                : change;
    }

    private static EntryChange lessByOne(EntryChange change) {
        return change instanceof EntryChange.Increment increment && increment.by() > 1
                ? new EntryChange.Increment(increment.name(), increment.by() - 1)
                : change;
    }

    private static SessionSettings with(SessionSettings right, int maxEntries, int historyCount) {
        return new SessionSettings(
                right.idleTimeout(),
                right.temporaryIdleTimeout(),
                right.lifetime(),
                right.touchInterval(),
                right.maxEntrySize(),
                maxEntries,
                right.maxBytes(),
                right.maxSessionsPerOwner(),
                historyCount,
                right.historyAge(),
                right.codec());
    }
}
