// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

/** A contestant: keeps sessions with one entry of bytes each. Any number of threads, each with sessions of its own. */
interface Keeper {

    /** As the report has it. */
    String name();

    /** Stores a new session and gives its id. */
    String create(byte[] content) throws Exception;

    /** Finds the session and reads its entry. */
    byte[] get(String session) throws Exception;

    /** Reads the entry of a session that nobody asked to be found. */
    byte[] entry(String session) throws Exception;

    /** Reads as {@link #get} and replaces the entry, if it is still the one that was read. */
    void update(String session, byte[] content) throws Exception;

    /** Notes an access; it is written. */
    void touch(String session) throws Exception;

    /** Notes an access soon after one that was written. */
    void touchAgain(String session) throws Exception;
}
