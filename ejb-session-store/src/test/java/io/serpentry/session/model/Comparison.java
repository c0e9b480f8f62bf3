// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Plays operations on a store and on the model, and compares each answer, and after each what both hold. */
final class Comparison {

    private final StoreUnderTest subject;
    private final SessionSettings settings;
    private final SteppedClock clock = new SteppedClock();
    private final ModelStore model;
    private final Deliveries deliveries = new Deliveries();
    private final List<String> played = new ArrayList<>();
    private SessionStore store;
    private final Set<String> savedInTransaction = new TreeSet<>();
    private boolean inTransaction;
    private boolean rollbackOnly;

    Comparison(StoreUnderTest subject, SessionSettings settings) {
        this.subject = subject;
        this.settings = settings;
        this.model = new ModelStore(settings, clock, subject.habits());
        this.store = subject.empty(settings, clock);
    }

    void play(List<Operation> operations) {
        for (Operation operation : operations) {
            played.add(operation.toString());
            play(operation);
            adoptAccesses();
            compareAll();
        }
    }

    private void play(Operation operation) {
        if (operation instanceof Operation.Call call) {
            Function<SessionStore, Object> bound = call.bound().apply(model);
            compare(bound);
        } else if (operation instanceof Operation.Wait wait) {
            step(wait.time());
        } else if (operation instanceof Operation.Deliver deliver) {
            deliveries.deliver(deliver, store, model);
        } else if (operation instanceof Operation.Crash) {
            store = subject.crashed(store);
        } else if (operation instanceof Operation.Transaction transaction) {
            play(transaction);
        }
    }

    /** What was forgotten for its age does not come back: there the clock is not set back. */
    private void step(Duration time) {
        if (!time.isNegative() || settings.historyAge().compareTo(Duration.ofDays(300)) > 0) {
            clock.step(time);
            subject.forget(store, clock.instant().minus(settings.historyAge()));
        }
    }

    private void compare(Function<SessionStore, Object> call) {
        Object answer = Answers.of(() -> call.apply(store));
        Set<Object> right = Answers.right(() -> call.apply(model));
        assertThat(right).as(story()).contains(answer);
        rollbackOnly |= answer instanceof Answers.Refusal refusal
                && refusal.type().equals(SessionConflictException.class.getSimpleName());
    }

    private void play(Operation.Transaction transaction) {
        ModelStore.Memory before = model.memory();
        rollbackOnly = false;
        inTransaction = true;
        subject.transaction(() -> {
            play(transaction.operations());
            return transaction.end();
        });
        inTransaction = false;
        boolean isCommitted = transaction.end() == Operation.End.COMMIT && !rollbackOnly;
        if (!isCommitted && subject.isTransactional()) {
            model.reset(before);
        }
        if (transaction.end() == Operation.End.CRASH) {
            store = subject.crashed(store);
        }
    }

    /**
     * The access of a save may be noted although none is due, and in a transaction of its own, which stays when that of the save is
     * rolled back.
     */
    private void adoptAccesses() {
        savedInTransaction.addAll(model.takeSaved());
        for (String id : savedInTransaction) {
            store.find(Caller.SYSTEM, id).ifPresent(found -> model.adoptAccess(found.info()));
        }
        if (!inTransaction) {
            savedInTransaction.clear();
        }
    }

    private void compareAll() {
        compare(any -> any.statistics(Caller.SYSTEM));
        for (String id : Sequences.IDS) {
            compare(any -> any.find(Caller.SYSTEM, id));
            compare(any -> any.entries(Caller.SYSTEM, id, Sequences.NAMES, Set.of()));
        }
    }

    private String story() {
        return "step " + played.size() + ", " + played.get(played.size() - 1);
    }
}
