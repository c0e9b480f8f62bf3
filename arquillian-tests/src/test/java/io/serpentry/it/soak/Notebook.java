// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.soak;

import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

/** A session with a list, and what must be in it. For one thread. */
public final class Notebook {

    private final PythonSessions sessions;
    private final String id;
    private final List<String> acknowledged = new ArrayList<>();

    Notebook(PythonSessions sessions, String id) {
        this.sessions = sessions;
        this.id = id;
        sessions.create(NewSession.durable().id(id));
    }

    int size() {
        return acknowledged.size();
    }

    /** Appends and gives the length that Python saw; {@link #acknowledge} says that it is to stay. */
    int append(String token) {
        return sessions.execute(id, SoakCaller.call("notebook.append").argument("text", token), Integer.class);
    }

    void acknowledge(String token) {
        acknowledged.add(token);
    }

    /** As a worker sees it. */
    List<String> readByPython() {
        Invocation read = SoakCaller.call("notebook.read").argument("name", "lines");
        String[] lines = sessions.execute(id, read, String[].class);
        return lines == null ? List.of() : List.of(lines);
    }

    /** As the store holds it. */
    List<String> stored() {
        return sessions.find(id)
                .orElseThrow()
                .entry("lines")
                .map(content -> parsed(content.text()))
                .orElse(List.of());
    }

    private static List<String> parsed(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readArray().getValuesAs(JsonString::getString);
        }
    }

    List<String> acknowledged() {
        return List.copyOf(acknowledged);
    }

    void delete() {
        sessions.delete(id);
    }
}
