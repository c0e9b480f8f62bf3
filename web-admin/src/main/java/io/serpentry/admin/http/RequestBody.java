// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonException;
import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.NotSupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The body of a request. */
public final class RequestBody {

    /** Below the 10 MiB at which WildFly by itself would cut the connection, so that the client still hears why. */
    static final int MAX_BYTES = 8 * 1024 * 1024;

    private RequestBody() {}

    /**
     * How long a body may be that is not held.
     *
     * @param setting the configuration key that says so
     */
    public record Limit(long bytes, String setting) {

        PythonException exceeded() {
            return Refusal.tooLarge(bytes, setting);
        }
    }

    /**
     * Reads a body of JSON to its end, as strictly as {@link StrictJson}.
     *
     * @throws NotSupportedException if it is not declared as {@code application/json}; {@code Consumes} lets a wildcard
     *     pass
     * @throws io.serpentry.connector.MessageTooLargeException if it is over {@value #MAX_BYTES} bytes
     * @throws io.serpentry.connector.InvalidArgumentException if it can not be read, or only in more ways than one
     */
    public static JsonValue json(HttpServletRequest request, InputStream in) {
        requireType(request, "application/json");
        return StrictJson.read(read(in, request.getContentLengthLong(), MAX_BYTES));
    }

    /** As {@link #json}, of a request that may come without a body; empty then. */
    public static Optional<JsonValue> optionalJson(HttpServletRequest request, InputStream in) {
        String text = readOrEmpty(in, request.getContentLengthLong(), MAX_BYTES);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        requireType(request, "application/json");
        return Optional.of(StrictJson.read(text));
    }

    /**
     * A body to be read while it comes.
     *
     * @return throws {@link io.serpentry.connector.MessageTooLargeException} when it is over the limit, and {@link
     *     io.serpentry.connector.InvalidArgumentException} when it ends too early
     * @throws NotSupportedException if it is not declared as of that media type
     * @throws io.serpentry.connector.MessageTooLargeException if it is announced to be over the limit
     */
    public static InputStream stream(HttpServletRequest request, InputStream in, String type, Limit limit) {
        requireType(request, type);
        if (request.getContentLengthLong() > limit.bytes()) {
            throw limit.exceeded();
        }
        return new BoundedBody(in, limit);
    }

    private static void requireType(HttpServletRequest request, String wanted) {
        if (!isDeclared(request.getContentType(), wanted)) {
            throw new NotSupportedException();
        }
    }

    static boolean isDeclared(@Nullable String type, String wanted) {
        return type != null && type.replaceFirst(";.*", "").strip().equalsIgnoreCase(wanted);
    }

    /**
     * Reads a body to its end.
     *
     * @param announced the header {@code Content-Length}, negative if there is none
     * @throws io.serpentry.connector.MessageTooLargeException if it is over {@code limit} bytes; no more than that is read
     * @throws io.serpentry.connector.InvalidArgumentException if it is empty, is not UTF-8, or ends too early
     */
    static String read(InputStream in, long announced, int limit) {
        String text = readOrEmpty(in, announced, limit);
        if (text.isEmpty()) {
            throw Refusal.badRequest("the body is empty; it must be a JSON object");
        }
        return text;
    }

    private static String readOrEmpty(InputStream in, long announced, int limit) {
        if (announced > limit) {
            throw Refusal.tooLarge(limit);
        }
        byte[] bytes = bytes(in, limit);
        if (bytes.length > limit) {
            throw Refusal.tooLarge(limit);
        }
        return text(bytes);
    }

    private static byte[] bytes(InputStream in, int limit) {
        try {
            return in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw Refusal.badRequest("the body could not be read to its end: " + e.getMessage());
        }
    }

    private static String text(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw Refusal.badRequest("the body is not UTF-8");
        }
    }
}
