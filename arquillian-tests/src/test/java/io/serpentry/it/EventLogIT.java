// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.PythonPool;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.event.EventLog;
import io.serpentry.event.EventLog.Listening;
import io.serpentry.event.NewEvent;
import io.serpentry.event.ServerEvent;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When what is published gets into the log. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class EventLogIT {

    @Inject
    EventLog log;

    @Inject
    PythonSessions sessions;

    @Inject
    @Pool
    PythonPool pool;

    @Resource
    UserTransaction transaction;

    private final String run = UUID.randomUUID().toString();

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(EventLogIT.class, Await.class);
    }

    private void publish(int... numbers) {
        List<NewEvent> events = new ArrayList<>();
        for (int number : numbers) {
            events.add(new NewEvent("test.happened", Map.of("run", run, "number", number)));
        }
        log.publish(events);
    }

    /** The numbers of this test's events, in the order of the log. */
    private List<Long> numbers() {
        List<Long> numbers = new ArrayList<>();
        for (ServerEvent event : all()) {
            if (run.equals(event.data().get("run"))) {
                numbers.add((Long) event.data().get("number"));
            }
        }
        return numbers;
    }

    private List<ServerEvent> all() {
        List<ServerEvent> all = new ArrayList<>();
        List<ServerEvent> page;
        do {
            page = log.after(all.isEmpty() ? 0 : all.get(all.size() - 1).id(), 1000);
            all.addAll(page);
        } while (!page.isEmpty());
        return all;
    }

    private void awaitNumber(long number) {
        Await.until("number " + number + " is written", () -> numbers().contains(number));
    }

    @Test
    void withoutATransactionEventsMustBeWrittenAtOnce() {
        publish(1, 2);
        publish(3);

        awaitNumber(3);
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void inATransactionEventsMustWaitForItsCommit() throws Exception {
        transaction.begin();
        publish(1);
        publish(2);
        transaction.commit();
        publish(3);

        awaitNumber(3);
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void eventsOfATransactionThatIsRolledBackMustNotBeWritten() throws Exception {
        transaction.begin();
        publish(1);
        transaction.rollback();
        transaction.begin();
        transaction.setRollbackOnly();
        publish(2);
        Throwable refused = catchThrowable(transaction::commit);
        publish(3);

        awaitNumber(3);
        assertThat(refused).isNotNull();
        assertThat(numbers()).containsExactly(3L);
    }

    @Test
    void whileTheTransactionIsOpenNobodyMustSeeItsEvents() throws Exception {
        transaction.begin();
        publish(1);
        CountDownLatch later = new CountDownLatch(1);
        try (Listening listening = log.whenWritten(later::countDown)) {
            assertThat(listening).isNotNull();
            other(2);
            assertThat(later.await(30, TimeUnit.SECONDS)).isTrue();
            awaitNumber(2);
            assertThat(numbers()).containsExactly(2L);
        } finally {
            transaction.commit();
        }

        awaitNumber(1);
        assertThat(numbers()).containsExactly(2L, 1L);
    }

    /** Published by somebody who is in no transaction. */
    private void other(int number) throws InterruptedException {
        Thread thread = new Thread(() -> publish(number));
        thread.start();
        thread.join();
    }

    @Test
    void aSessionThatEndsMustBeAnEvent() {
        PythonSessions ada = sessions.as(Caller.of("ada"));
        ada.create(NewSession.durable().id(run));

        assertThat(ada.delete(run)).isTrue();

        Await.until("its end is written", () -> all().stream()
                .anyMatch(event -> event.type().equals("session.ended")
                        && event.data().equals(Map.of("session", run, "owner", "ada", "reason", "deleted"))));
    }

    /** The first event of that type about that worker after that id; workers before a redeployment had the same names. */
    private ServerEvent awaitEvent(String type, String worker, long after) {
        List<ServerEvent> found = new ArrayList<>();
        Await.until(type + " of " + worker + " is written", () -> {
            all().stream()
                    .filter(event -> event.id() > after
                            && event.type().equals(type)
                            && worker.equals(event.data().get("worker")))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    @Test
    void whatHappensToWorkersMustBeEvents() throws IOException {
        long begin = log.last();
        String worker = pool.workers().get(0).id();
        long pid = pool.workers().get(0).pid();
        pool.cordon(worker);
        pool.uncordon(worker);
        ServerEvent cordoned = awaitEvent("worker.cordoned", worker, begin);
        ServerEvent uncordoned = awaitEvent("worker.uncordoned", worker, begin);

        int killed = new ProcessBuilder("kill", "-KILL", Long.toString(pid))
                .start()
                .onExit()
                .join()
                .exitValue();

        assertThat(killed).isZero();
        ServerEvent ended = awaitEvent("worker.ended", worker, begin);
        assertThat(ended.data())
                .containsEntry("cause", "lost")
                .containsEntry("pool", "default")
                .containsEntry("pid", pid);
        assertThat(ended.data().get("how").toString()).contains("SIGKILL");
        assertThat(List.of(cordoned.id(), uncordoned.id(), ended.id())).isSorted();
        Await.until("another was started in its place", () -> all().stream()
                .anyMatch(event -> event.id() > ended.id()
                        && event.type().equals("worker.started")
                        && "recovery".equals(event.data().get("reason"))));
        Await.until("the pool is not well", () -> all().stream()
                .anyMatch(event -> event.id() > begin
                        && event.type().equals("pool.health")
                        && "default".equals(event.data().get("pool"))
                        && "degraded".equals(event.data().get("state"))));
    }

    @Test
    void theIdsMustFollowEachOther() {
        publish(1, 2, 3);
        awaitNumber(3);

        List<Long> ids = all().stream().map(ServerEvent::id).toList();
        assertThat(ids.get(0)).isEqualTo(log.first());
        assertThat(log.last()).isGreaterThanOrEqualTo(ids.get(ids.size() - 1));
        for (int i = 1; i < ids.size(); i++) {
            assertThat(ids.get(i)).isEqualTo(ids.get(i - 1) + 1);
        }
    }
}
