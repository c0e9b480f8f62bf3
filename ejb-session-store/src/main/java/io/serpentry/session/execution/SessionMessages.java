// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The session objects that travel with a call; docs/protocol.md has their form. */
final class SessionMessages {

    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

    private static final AtomicReference<@Nullable Blank> BLANK = new AtomicReference<>();

    private SessionMessages() {}

    /** Collects what is attached to one message. */
    static final class Attachments {
        private final List<ByteBuffer> buffers = new ArrayList<>();

        int add(byte[] content) {
            buffers.add(ByteBuffer.wrap(content));
            return buffers.size() - 1;
        }

        List<ByteBuffer> buffers() {
            return buffers;
        }
    }

    /**
     * A session as a message tells it.
     *
     * @param contents what to send along, null for what is not to be sent
     */
    record Described(
            SessionInfo info,
            List<EntryInfo> entries,
            boolean readsWanted,
            Function<EntryInfo, byte @Nullable []> contents) {}

    /**
     * The state of a new temporary session, as it was last written for one of the same owner: only the ids differ, and they are equally long.
     *
     * @param at where the id begins
     */
    private record Blank(String name, String owner, boolean readsWanted, int length, byte[] json, int at) {

        boolean fits(String asked, Described session) {
            SessionInfo info = session.info();
            return name.equals(asked)
                    && owner.equals(info.owner())
                    && readsWanted == session.readsWanted()
                    && length == info.id().length();
        }

        byte[] of(String id) {
            byte[] state = json.clone();
            System.arraycopy(id.getBytes(StandardCharsets.US_ASCII), 0, state, at, length);
            return state;
        }
    }

    private static boolean isBlank(Described session) {
        SessionInfo info = session.info();
        return info.kind() == SessionKind.TEMPORARY
                && info.revision() == 1
                && info.metadata().isEmpty()
                && session.entries().isEmpty();
    }

    /** The state of the session that a call begins with, under what it is to the call. */
    static byte[] state(String name, Described session, Attachments attachments) {
        if (!isBlank(session)) {
            return state(Map.of(name, session), attachments);
        }
        String id = session.info().id();
        Blank known = BLANK.get();
        if (known != null && known.fits(name, session)) {
            return known.of(id);
        }
        byte[] json = state(Map.of(name, session), attachments);
        int at = new String(json, StandardCharsets.ISO_8859_1).indexOf(id);
        BLANK.set(new Blank(name, session.info().owner(), session.readsWanted(), id.length(), json, at));
        return json.clone();
    }

    /** The same of several sessions. */
    static byte[] state(Map<String, Described> sessions, Attachments attachments) {
        int entries = 0;
        for (Described session : sessions.values()) {
            entries += session.entries().size();
        }
        JsonText json = new JsonText(256 + 160 * entries);
        json.add('{');
        sessions.forEach((name, session) -> {
            json.name(name).add('{');
            write(json, session, attachments);
            json.add('}');
        });
        return json.add('}').bytes();
    }

    private static void write(JsonText json, Described session, Attachments attachments) {
        SessionInfo info = session.info();
        json.name("id").string(info.id()).name("owner").string(info.owner());
        json.name("kind").string(info.kind().name().toLowerCase(Locale.ROOT));
        json.name("revision").number(info.revision());
        if (session.readsWanted()) {
            json.name("reads").literal("true");
        }
        json.name("metadata").add('{');
        info.metadata().forEach((key, value) -> json.name(key).string(value));
        json.add('}');
        writeEntries(json, session.entries(), session.contents(), attachments);
    }

    /** Entries in answer to a question. */
    static byte[] entries(
            List<EntryInfo> entries, Function<EntryInfo, byte @Nullable []> contents, Attachments attachments) {
        JsonText json = new JsonText(32 + 160 * entries.size());
        json.add('{');
        writeEntries(json, entries, contents, attachments);
        return json.add('}').bytes();
    }

    private static void writeEntries(
            JsonText json,
            List<EntryInfo> entries,
            Function<EntryInfo, byte @Nullable []> contents,
            Attachments attachments) {
        json.name("entries").add('[');
        for (EntryInfo entry : entries) {
            json.comma().add('[');
            json.string(entry.name()).comma().number(entry.version());
            json.comma().string(entry.mediaType()).comma().number(entry.size());
            json.comma().string(entry.sha256()).comma();
            byte[] content = contents.apply(entry);
            if (content == null) {
                json.literal("null");
            } else {
                json.number(attachments.add(content));
            }
            json.comma().number(entry.writtenAt().toEpochMilli()).add(']');
        }
        json.add(']');
    }

    static JsonObject parsed(byte[] json) {
        try (JsonReader reader = READERS.createReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8)) {
            return reader.readObject();
        } catch (JsonException e) {
            throw broken("it is no JSON object", e);
        }
    }

    /** What a call says it has done to its session. */
    static CallOutcome outcome(String session, JsonObject said, List<ByteBuffer> attachments) {
        try {
            if (!session.equals(said.getString("id"))) {
                throw broken("it is about another session", null);
            }
            List<Change> changes = new ArrayList<>();
            for (JsonValue change : said.getJsonArray("changes")) {
                changes.add(change(change.asJsonArray(), attachments));
            }
            Map<String, Long> reads = new HashMap<>();
            if (said.get("reads") instanceof JsonObject seen) {
                seen.keySet()
                        .forEach(
                                name -> reads.put(name, seen.getJsonNumber(name).longValueExact()));
            }
            return new CallOutcome(changes, reads);
        } catch (ClassCastException | NullPointerException | IndexOutOfBoundsException | ArithmeticException e) {
            throw broken(String.valueOf(e.getMessage()), e);
        }
    }

    private static Change change(JsonArray change, List<ByteBuffer> attachments) {
        String name = change.getString(0);
        long base = change.getJsonNumber(1).longValueExact();
        return switch (change.getString(2)) {
            case "put" -> {
                byte[] content = bytes(attachments.get(change.getInt(5)));
                String digest = ContentDigest.of(content);
                if (!digest.equals(change.getString(4))) {
                    throw broken("the content of entry \"" + name + "\" does not have its digest", null);
                }
                yield new Change(new EntryChange.Put(name, change.getString(3), content, base), digest);
            }
            case "remove" -> new Change(new EntryChange.Remove(name, base), null);
            case "increment" ->
                new Change(
                        new EntryChange.Increment(name, change.getJsonNumber(3).longValueExact()), null);
            default -> throw broken("entry \"" + name + "\" is to be " + change.getString(2), null);
        };
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static PythonException broken(String why, @Nullable Throwable cause) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.INTERNAL, "what the worker says of the session can not be read: " + why)
                        .cause(cause));
    }
}
