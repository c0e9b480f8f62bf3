// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.util.concurrent.Executor;

/** What the pools of one server share. {@code threads} must start each task at once, for it may run as long as a process. */
public record Surroundings(RuntimeDirectory directory, Executor threads, Deadlines deadlines) {}
