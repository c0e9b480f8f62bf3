// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.outside;

import io.serpentry.benchmarks.EchoTable;
import io.serpentry.benchmarks.FloorProcess;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.internal.jca.PythonManagedConnectionFactory;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code Main echoes|starts PYTHON DIRECTORY [quick]}: writes one table; DIRECTORY holds the Python sources. */
public final class Main {

    private static final int STARTS = 30;
    private static final int QUICK_STARTS = 20;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Path python = Path.of(arguments[1]);
        Path sources = Path.of(arguments[2]);
        boolean quick = arguments.length > 3;
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        try (LoneAdapter adapter = new LoneAdapter()) {
            if (arguments[0].equals("starts")) {
                starts(adapter, python, sources, quick).write(out);
            } else {
                PythonConnectionFactory factory = adapter.factory(settings -> {
                    settings.setPython(python.toString());
                    settings.setModulePath(sources.resolve("echo").toString());
                });
                try (FloorProcess floor = new FloorProcess(python, sources.resolve("floor.py"))) {
                    new EchoTable(floor, factory, quick).write(out, false);
                }
            }
        }
    }

    private static StartTable starts(LoneAdapter adapter, Path python, Path sources, boolean quick) throws Exception {
        PythonConnectionFactory fork = adapter.factory(settings -> {
            numeric(settings, "fork", python, sources);
            settings.setPreload("numpy");
        });
        PythonConnectionFactory cold = adapter.factory(settings -> numeric(settings, "spawn", python, sources));
        return new StartTable(fork, cold, quick ? QUICK_STARTS : STARTS);
    }

    private static void numeric(PythonManagedConnectionFactory settings, String start, Path python, Path sources) {
        settings.setName(start);
        settings.setStart(start);
        settings.setPython(python.toString());
        settings.setModulePath(sources.resolve("numeric").toString());
    }
}
