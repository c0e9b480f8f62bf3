// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.EntryInfo;
import io.serpentry.session.internal.store.StoredEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A version of an entry without its bytes. */
record EntryHead(
        String name,
        long version,
        long born,
        long change,
        Instant writtenAt,
        String writtenBy,
        String mediaType,
        @Nullable Long counter,
        int size,
        String sha256,
        @Nullable Instant quarantinedAt) {

    static final String COLUMNS =
            "e.name, e.version, e.born, e.change, e.written_at, e.written_by, e.media_type, e.counter,"
                    + " e.size, e.sha256, e.quarantined_at";

    static EntryHead of(ResultSet row) throws SQLException {
        return new EntryHead(
                row.getString("name"),
                row.getLong("version"),
                row.getLong("born"),
                row.getLong("change"),
                Columns.instant(row, "written_at"),
                row.getString("written_by"),
                row.getString("media_type"),
                Columns.longOrNull(row, "counter"),
                row.getInt("size"),
                row.getString("sha256"),
                Columns.instantOrNull(row, "quarantined_at"));
    }

    EntryInfo info() {
        return StoredEntry.info(name, version, mediaType, counter, size, sha256, writtenAt, writtenBy, quarantinedAt);
    }

    long charged() {
        return EntryInfo.charged(size);
    }
}
