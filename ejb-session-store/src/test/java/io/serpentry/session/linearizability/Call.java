// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.linearizability;

/**
 * What a thread asked for and got.
 *
 * @param invoked when it asked, in nanoseconds
 * @param returned when it had the answer; {@link #NEVER} if it had none, so that nobody knows whether the effect came, and when
 */
public record Call<S>(long invoked, long returned, Effect<S> effect) {

    public static final long NEVER = Long.MAX_VALUE;

    boolean isAnswered() {
        return returned != NEVER;
    }

    @Override
    public String toString() {
        return invoked + ".." + (isAnswered() ? returned : "") + " " + effect;
    }
}
