// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.cdi;

import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A method that Python may call, of a bean of one application. */
public final class CallableMethod {

    private final String name;
    private final Bean<?> bean;
    private final Class<?> view;
    private final Method method;
    private final List<String> parameters;

    CallableMethod(String name, Bean<?> bean, Method declared) {
        this.name = name;
        this.bean = bean;
        this.view = view(bean, declared);
        this.method = methodOf(view, declared);
        this.parameters =
                Arrays.stream(declared.getParameters()).map(Parameter::getName).toList();
    }

    /** The class itself, or for a session bean with a business interface the one that has the method. */
    private static Class<?> view(Bean<?> bean, Method declared) {
        if (bean.getTypes().contains(bean.getBeanClass())) {
            return bean.getBeanClass();
        }
        return bean.getTypes().stream()
                .filter(Class.class::isInstance)
                .<Class<?>>map(Class.class::cast)
                .filter(type -> Arrays.stream(type.getMethods()).anyMatch(method -> isSame(method, declared)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no business interface of " + bean.getBeanClass()
                        + " has the method " + declared.getName() + ", which is annotated @PythonCallable"));
    }

    private static Method methodOf(Class<?> view, Method declared) {
        return Arrays.stream(view.getMethods())
                .filter(method -> isSame(method, declared))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(declared + " is annotated @PythonCallable, but not public"));
    }

    private static boolean isSame(Method one, Method other) {
        return one.getName().equals(other.getName())
                && !one.isBridge()
                && Arrays.equals(one.getParameterTypes(), other.getParameterTypes());
    }

    public String name() {
        return name;
    }

    /** Of the parameters, in their order. */
    public List<String> parameters() {
        return parameters;
    }

    /** Of the parameters, in their order. */
    public List<Type> types() {
        return List.of(method.getGenericParameterTypes());
    }

    /**
     * Calls it on a contextual instance.
     *
     * @throws InvocationTargetException with what the method has thrown
     */
    public @Nullable Object invoke(BeanManager beans, @Nullable Object[] arguments) throws InvocationTargetException {
        CreationalContext<?> context = beans.createCreationalContext(bean);
        try {
            return method.invoke(beans.getReference(bean, view, context), arguments);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " is not accessible", e);
        } finally {
            context.release();
        }
    }
}
