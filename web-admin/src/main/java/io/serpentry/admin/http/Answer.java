// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

/** A record that is sent as a JSON document, by {@link AnswerWriter}. */
public interface Answer {}
