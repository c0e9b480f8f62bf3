// SPDX-License-Identifier: Apache-2.0
package io.serpentry.request;

/**
 * An answer as it was given.
 *
 * @param location empty for none; up to 500 characters
 * @param entityTag empty for none; up to 64 characters
 * @param body up to {@value #LONGEST_BODY} characters
 */
public record RememberedAnswer(int status, String mediaType, String location, String entityTag, String body) {

    /** What is longer can not be remembered. */
    public static final int LONGEST_BODY = 1_000_000;
}
