// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** No function of that name is registered; {@code context().get("known")} lists names that are near. */
public final class UnknownFunctionException extends PythonException {
    UnknownFunctionException(ErrorDetail detail) {
        super(detail);
    }
}
