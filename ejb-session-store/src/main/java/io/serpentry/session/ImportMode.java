// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

/** How sessions are imported. Immutable. */
public record ImportMode(Check check, Existing existing) {

    /** What happens to a file that is truncated or altered. */
    public enum Check {
        /** It is refused before anything is changed. The file is copied to the disk of this server for that. */
        WHOLE_FILE,
        /** What is whole and right in it is imported, and the rest reported. */
        SESSION_BY_SESSION
    }

    /** What happens if a session of that id exists. */
    public enum Existing {
        /** It stays as it is. */
        SKIP,
        /** It is deleted in the transaction that creates the imported one; only in a {@link StoreCapability#TRANSACTIONAL} store. */
        REPLACE,
        /** With {@link Check#WHOLE_FILE} the file is refused; otherwise the session stays as it is, and is reported. */
        REFUSE
    }

    /** The whole file is checked first, and a session that exists is refused. */
    public static ImportMode wholeFile() {
        return new ImportMode(Check.WHOLE_FILE, Existing.REFUSE);
    }

    /** Each session by itself, and one that exists is reported. */
    public static ImportMode sessionBySession() {
        return new ImportMode(Check.SESSION_BY_SESSION, Existing.REFUSE);
    }

    public ImportMode existing(Existing value) {
        return new ImportMode(check, value);
    }
}
