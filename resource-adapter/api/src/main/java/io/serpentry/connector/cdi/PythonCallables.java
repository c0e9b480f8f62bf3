// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.cdi;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import jakarta.enterprise.inject.spi.BeanManager;
import java.lang.reflect.InvocationTargetException;
import java.util.Collection;
import java.util.Map;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/** The methods that Python may call in the application whose code the current thread runs. */
public final class PythonCallables {

    private static final String BEAN_MANAGER = "java:comp/BeanManager";

    private final BeanManager beans;
    private final Map<String, CallableMethod> methods;

    private PythonCallables(BeanManager beans, Map<String, CallableMethod> methods) {
        this.beans = beans;
        this.methods = methods;
    }

    /** @throws PythonException with ILLEGAL_STATE if the thread runs no component of an application with CDI */
    public static PythonCallables ofCurrentApplication() {
        try {
            BeanManager beans = InitialContext.doLookup(BEAN_MANAGER);
            return new PythonCallables(
                    beans, beans.getExtension(SerpentryExtension.class).callables());
        } catch (NamingException | IllegalArgumentException e) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.ILLEGAL_STATE,
                            "Python can not call back: this thread runs no component of an application with CDI")
                    .cause(e));
        }
    }

    /** @throws PythonException with UNKNOWN_FUNCTION and the names that there are */
    public CallableMethod find(String name) {
        CallableMethod method = methods.get(name);
        if (method == null) {
            Collection<String> names = methods.keySet();
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.UNKNOWN_FUNCTION,
                    "this application has no @PythonCallable method '" + name + "'; it has: "
                            + (names.isEmpty() ? "none" : String.join(", ", names))));
        }
        return method;
    }

    /** @throws InvocationTargetException with what the method has thrown */
    public @Nullable Object invoke(CallableMethod method, @Nullable Object[] arguments)
            throws InvocationTargetException {
        return method.invoke(beans, arguments);
    }
}
