// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import jakarta.resource.spi.work.HintsContext;
import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkContext;
import jakarta.resource.spi.work.WorkContextProvider;
import jakarta.resource.spi.work.WorkException;
import jakarta.resource.spi.work.WorkManager;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs the loops of the fork servers on the container's threads for long work. */
final class ContainerThreads implements Executor {

    private final WorkManager workManager;

    ContainerThreads(WorkManager workManager) {
        this.workManager = workManager;
    }

    /** @throws RejectedExecutionException if the container has no thread to give */
    @Override
    public void execute(Runnable loop) {
        try {
            workManager.startWork(new LongWork(loop));
        } catch (WorkException e) {
            throw new RejectedExecutionException("the container refused a thread for a fork server", e);
        }
    }

    private record LongWork(Runnable loop) implements Work, WorkContextProvider {
        @Override
        public void run() {
            loop.run();
        }

        /** The loops end when their process does; there is nothing to release before. */
        @Override
        public void release() {}

        @Override
        public List<WorkContext> getWorkContexts() {
            HintsContext hints = new HintsContext();
            hints.setHint(HintsContext.LONGRUNNING_HINT, true);
            return List.of(hints);
        }
    }
}
