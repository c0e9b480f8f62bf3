// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.serpentry.admin.problem.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a request asks for, as a SHA-256 of its method, path, query and body. For the thread of the request. */
public final class Fingerprint {

    private final DigestInputStream body;

    private Fingerprint(DigestInputStream body) {
        this.body = body;
    }

    /** Of a request whose body is to be read from {@link #body}. */
    public static Fingerprint of(HttpServletRequest request, InputStream body) {
        MessageDigest digest = sha256();
        String line = request.getMethod() + " " + request.getRequestURI() + "?" + request.getQueryString() + "\n";
        digest.update(line.getBytes(UTF_8));
        return new Fingerprint(new DigestInputStream(body, digest));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public InputStream body() {
        return body;
    }

    /**
     * The digest in hexadecimal, after the rest of the body was read.
     *
     * @throws io.serpentry.connector.PythonException if the client does not send all of it
     */
    String hex() {
        try {
            body.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw Refusal.badRequest("the body could not be read to its end: " + e.getMessage());
        }
        return HexFormat.of().formatHex(body.getMessageDigest().digest());
    }
}
