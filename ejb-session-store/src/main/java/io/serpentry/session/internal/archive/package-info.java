// SPDX-License-Identifier: Apache-2.0
/**
 * Sessions as JSON lines: {@link io.serpentry.session.internal.archive.ArchiveLine} is the format, {@link
 * io.serpentry.session.internal.archive.ArchiveReader} what is made of a file that may be damaged.
 */
@NullMarked
package io.serpentry.session.internal.archive;

import org.jspecify.annotations.NullMarked;
