// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool's numbers at the moment of asking.
 *
 * @param min smallest number of connections the container keeps; -1 if the container does not say
 * @param max largest number of connections; -1 if the container does not say
 * @param live workers that have said hello and are not dead
 * @param idle connections nobody has taken
 * @param busy connections that are taken
 * @param waiting threads inside {@code getConnection}
 * @param start how workers start: {@code fork}, {@code spawn}, or {@code none} before the first start
 * @param startReason why workers are spawned though forking was asked for, else null
 * @param zygotePid the fork server's process id, 0 while there is none
 * @param zygoteGeneration how many fork servers this pool has had
 * @param calls calls sent
 * @param failures calls that ended in any error, timeouts and losses included
 * @param timeouts calls that passed their deadline
 * @param started workers started
 * @param lost workers that died without being told to
 * @param lastStartError null if the last start went well
 * @param starts workers started, by reason; every reason is there
 * @param ends workers that have ended after they had started, by cause; every cause is there
 */
public record PoolStatistics(
        String name,
        int min,
        int max,
        int live,
        int idle,
        int busy,
        int waiting,
        String start,
        @Nullable String startReason,
        long zygotePid,
        int zygoteGeneration,
        long calls,
        long failures,
        long timeouts,
        long started,
        long lost,
        @Nullable StartFailure lastStartError,
        Map<WorkerStartReason, Long> starts,
        Map<WorkerEndCause, Long> ends) {

    public PoolStatistics {
        starts = Map.copyOf(starts);
        ends = Map.copyOf(ends);
    }
}
