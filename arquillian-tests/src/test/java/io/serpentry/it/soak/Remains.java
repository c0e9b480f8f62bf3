// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What is left of the load on a pool once nothing is under way any more. For one thread. */
public final class Remains {

    private static final System.Logger LOG = System.getLogger(Remains.class.getName());

    private final PythonPools pools;
    private final PythonPool pool;
    private final Duration limit;

    /** @param limit how long to wait for each thing that settles */
    public Remains(PythonPools pools, PythonPool pool, Duration limit) {
        this.pools = pools;
        this.pool = pool;
        this.limit = limit;
    }

    /** Until as many connections as the pool may have all answer, and no process lives but those that the pools know. */
    public void settle() {
        Await.until("every connection serves", limit, this::everyConnectionServes);
        awaitOnlyMembers();
    }

    private boolean everyConnectionServes() {
        List<PythonConnection> taken = new ArrayList<>();
        try {
            for (int i = 0; i < pool.statistics().max(); i++) {
                PythonConnection connection = pool.connectionFactory().getConnection();
                taken.add(connection);
                assertThat(connection.call("probe.pid").returning(Long.class))
                        .isEqualTo(connection.worker().pid());
            }
            return true;
        } catch (PythonException e) {
            LOG.log(System.Logger.Level.DEBUG, "not settled yet", e);
            return false;
        } finally {
            taken.forEach(PythonConnection::close);
        }
    }

    private void awaitOnlyMembers() {
        Path adapter = adapterDirectory();
        Await.until("only members of the pools live", limit, () -> processes(adapter)
                .equals(members()));
    }

    /** The Python processes of this server, and all that they have started: they inherit where the package is. */
    private static Set<Long> processes(Path adapter) {
        return new TreeSet<>(Processes.withEnvironment(adapter.toString()));
    }

    private Set<Long> members() {
        Set<Long> pids = new TreeSet<>();
        for (PythonPool each : pools.list()) {
            pids.add(each.statistics().zygotePid());
            each.workers().forEach(worker -> pids.add(worker.pid()));
        }
        return pids;
    }

    /** Where the adapter of this server has its sockets: the fork server was told. */
    private Path adapterDirectory() {
        Path commandLine = Path.of("/proc/" + pool.statistics().zygotePid() + "/cmdline");
        try {
            String[] command = Files.readString(commandLine).split("\0");
            return Path.of(command[command.length - 1]).getParent().getParent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Footprint footprint() {
        return Footprint.taken(adapterDirectory());
    }

    /** Like that one if it comes to be within the limit, else as it is then. */
    public Footprint footprintLike(Footprint before) {
        Path adapter = adapterDirectory();
        long end = System.nanoTime() + limit.toNanos();
        Footprint now = Footprint.taken(adapter);
        while (!now.isLike(before) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            now = Footprint.taken(adapter);
        }
        return now;
    }

    /** Ends each worker that lives now; none of their processes may be left, nor any but members of the pools. */
    public void endEveryWorker() {
        List<WorkerStatus> workers = pool.workers();
        assertThat(workers).hasSizeGreaterThanOrEqualTo(pool.statistics().max());
        assertThat(workers).allMatch(worker -> hasEnded(worker.id()));
        assertThat(workers).extracting(WorkerStatus::pid).noneMatch(Processes::isAlive);
        settle();
    }

    /** A fork server that was stopped and not missed yet is killed now, and its workers with it. */
    private boolean hasEnded(String worker) {
        try {
            return pool.drain(worker, limit);
        } catch (PythonException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            return true;
        }
    }
}
