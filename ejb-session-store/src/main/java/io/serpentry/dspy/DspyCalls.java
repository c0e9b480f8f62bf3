// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import io.serpentry.session.Invocation;
import io.serpentry.session.PythonSessions;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The functions {@code dspy.*} of one pool, as Java calls them. */
final class DspyCalls implements DspyPrograms {

    private static final String SESSION = "session";
    private static final String GLOBAL = "global";

    private final PythonSessions sessions;
    private final String pool;

    DspyCalls(PythonSessions sessions, String pool) {
        this.sessions = sessions;
        this.pool = pool;
    }

    @Override
    public DspyPrograms pool(String name) {
        return new DspyCalls(sessions, name);
    }

    @Override
    public void configure(LanguageModel model) {
        configure(new Place(null), model);
    }

    @Override
    public void configure(String session, LanguageModel model) {
        configure(new Place(session), model);
    }

    private static void configure(Place place, LanguageModel model) {
        place.call(place.command("configure_lm")
                .argument("model", model.name())
                .argument("base_url", model.baseUrl())
                .argument("api_key_env", model.keyVariable())
                .argument("options", model.options())
                .argument("scope", place.scope()));
    }

    @Override
    public Programs in(String session) {
        return new Place(Objects.requireNonNull(session, SESSION));
    }

    @Override
    public Programs global() {
        return new Place(null);
    }

    @Override
    public int removeExpired() {
        Place place = new Place(null);
        return place.call(place.command("cleanup")).getInt("programs_removed");
    }

    /** A session, or what is global: then the calls are anonymous. */
    private final class Place implements Programs {

        private final @Nullable String session;

        Place(@Nullable String session) {
            this.session = session;
        }

        String scope() {
            return session == null ? GLOBAL : SESSION;
        }

        Invocation command(String name) {
            return Invocation.of("dspy." + name).pool(pool);
        }

        JsonObject call(Invocation call) {
            JsonObject answer = session == null
                    ? sessions.executeAnonymous(call, JsonObject.class)
                    : sessions.execute(session, call, JsonObject.class);
            return Objects.requireNonNull(answer);
        }

        private Invocation on(String command, String program) {
            return command(command).argument("program_id", program).argument("scope", scope());
        }

        @Override
        public void create(NewProgram program) {
            Invocation create = command("create_program")
                    .argument("id", program.id())
                    .argument("program_type", program.type())
                    .argument("signature", DspyJson.signature(program.signature()))
                    .argument("arguments", program.arguments())
                    .argument(
                            "tools",
                            program.tools().stream().map(DspyJson::tool).toList())
                    .argument("scope", scope());
            if (program.lifetime() != null) {
                create = create.argument("lifetime_seconds", program.lifetime().toMillis() / 1000.0);
            }
            call(create);
        }

        @Override
        public Prediction execute(String program, Map<String, ? extends @Nullable Object> inputs) {
            return DspyJson.prediction(call(on("execute_program", program).argument("inputs", inputs)));
        }

        @Override
        public List<ProgramInfo> list() {
            return call(command("list_programs").argument("scope", scope())).getJsonArray("programs").stream()
                    .map(program -> DspyJson.info(program.asJsonObject()))
                    .toList();
        }

        @Override
        public Optional<ProgramInfo> find(String program) {
            return DspyJson.found(() -> DspyJson.info(call(on("get_program_info", program))));
        }

        @Override
        public boolean delete(String program) {
            return DspyJson.found(() -> call(on("delete_program", program))).isPresent();
        }

        @Override
        public Compilation compile(String program, Training training) {
            return DspyJson.compilation(call(on("compile_program", program)
                    .argument(
                            "trainset",
                            training.examples().stream().map(DspyJson::example).toList())
                    .argument("optimizer", training.optimizer())
                    .argument("metric", training.metric())
                    .argument("options", training.options())));
        }

        @Override
        public int clear() {
            return call(command("reset_state").argument("scope", scope())).getInt("programs_cleared");
        }
    }
}
