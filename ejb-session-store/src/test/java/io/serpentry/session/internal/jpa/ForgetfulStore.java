// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.EntryChange;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** A planted fault: of so many puts one is stored whatever version was expected. */
final class ForgetfulStore implements InvocationHandler {

    private final SessionStore store;
    private final int oneIn;
    private final AtomicInteger puts = new AtomicInteger();

    private ForgetfulStore(SessionStore store, int oneIn) {
        this.store = store;
        this.oneIn = oneIn;
    }

    static SessionStore of(SessionStore store, int oneIn) {
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                new ForgetfulStore(store, oneIn));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof SessionDelta delta
                    && delta.changes().get(0) instanceof EntryChange.Put put
                    && puts.incrementAndGet() % oneIn == 0) {
                arguments[i] = SessionDelta.of(delta.session())
                        .put(put.name(), put.mediaType(), put.content(), EntryChange.ANY);
            }
        }
        try {
            return method.invoke(store, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
