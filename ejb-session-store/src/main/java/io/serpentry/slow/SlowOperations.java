// SPDX-License-Identifier: Apache-2.0
package io.serpentry.slow;

/** Tells what took long on this server. Neither the database nor Python is asked. Any thread may call it. */
public interface SlowOperations {

    SlowReport report();
}
