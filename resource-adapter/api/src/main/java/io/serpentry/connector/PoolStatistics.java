// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

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
        @Nullable StartFailure lastStartError) {}
