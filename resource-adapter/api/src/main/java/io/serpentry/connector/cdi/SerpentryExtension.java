// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.cdi;

import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessBean;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds the producers of this package to each application that sees the library, and finds what Python may call in it. */
public class SerpentryExtension implements Extension {

    private final Map<String, CallableMethod> callables = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    void addProducers(@Observes BeforeBeanDiscovery event) {
        event.addAnnotatedType(PoolProducers.class, PoolProducers.class.getName());
    }

    void collect(@Observes ProcessBean<?> event) {
        if (event.getAnnotated() instanceof AnnotatedType<?> type) {
            type.getMethods().stream()
                    .filter(method -> method.isAnnotationPresent(PythonCallable.class))
                    .forEach(method -> add(event, method));
        }
    }

    private void add(ProcessBean<?> event, AnnotatedMethod<?> annotated) {
        Method method = annotated.getJavaMember();
        String name = annotated.getAnnotation(PythonCallable.class).value();
        if (name.isEmpty()) {
            Class<?> beanClass = event.getBean().getBeanClass();
            name = Introspector.decapitalize(beanClass.getSimpleName()) + "." + method.getName();
        }
        if (!Arrays.stream(method.getParameters()).allMatch(parameter -> parameter.isNamePresent())) {
            problems.add(method + " is annotated @PythonCallable; compile its class with -parameters, for Python names"
                    + " the arguments");
            return;
        }
        try {
            CallableMethod other = callables.putIfAbsent(name, new CallableMethod(name, event.getBean(), method));
            if (other != null) {
                problems.add(
                        "two methods are annotated @PythonCallable with the name '" + name + "'; one is " + method);
            }
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
        }
    }

    void refuseProblems(@Observes AfterDeploymentValidation event) {
        problems.forEach(problem -> event.addDeploymentProblem(new IllegalArgumentException(problem)));
    }

    /** By their names in Python. */
    Map<String, CallableMethod> callables() {
        return callables;
    }
}
