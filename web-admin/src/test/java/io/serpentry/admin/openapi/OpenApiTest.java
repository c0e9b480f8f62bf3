// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.openapi;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.serpentry.admin.AdminApplication;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The description that the build makes, beside the resources. */
class OpenApiTest {

    private static final List<String> PROBLEMS = List.of("400", "401", "403", "429");

    private static SwaggerParseResult parsed() {
        try (InputStream file = OpenApiTest.class.getResourceAsStream("/openapi/openapi.json")) {
            String json = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            ParseOptions options = new ParseOptions();
            options.setResolve(true);
            return new OpenAPIV3Parser().readContents(json, List.of(), options);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Every method of every resource, by what it serves: {@code GET /api/v1/pools}. */
    private static Map<String, Method> methods() {
        Map<String, Method> methods = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackagesOf(AdminApplication.class)) {
            if (type.isAnnotatedWith(Path.class)) {
                for (Method method : type.reflect().getDeclaredMethods()) {
                    for (Annotation annotation : method.getAnnotations()) {
                        HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
                        if (http != null) {
                            methods.put(http.value() + " " + path(type.reflect(), method), method);
                        }
                    }
                }
            }
        }
        return methods;
    }

    private static String path(Class<?> type, Method method) {
        Path own = method.getAnnotation(Path.class);
        String path =
                AdminApplication.class.getAnnotation(ApplicationPath.class).value()
                        + type.getAnnotation(Path.class).value()
                        + (own == null ? "" : "/" + own.value());
        return path.replaceAll("/+", "/").replaceAll("\\{(\\w+)[^}]*}", "{$1}");
    }

    private static Map<String, Operation> operations(OpenAPI api) {
        Map<String, Operation> operations = new HashMap<>();
        api.getPaths().forEach((path, item) -> item.readOperationsMap()
                .forEach((method, operation) -> operations.put(method + " " + path, operation)));
        return operations;
    }

    @Test
    void theDocumentMustBeValid() {
        SwaggerParseResult result = parsed();

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getOpenapi()).startsWith("3.1");
    }

    @Test
    void everyMethodOfEveryResourceMustBeInItAndNothingElse() {
        assertThat(operations(parsed().getOpenAPI())).containsOnlyKeys(methods().keySet());
        assertThat(methods()).hasSizeGreaterThan(30);
    }

    @Test
    void everyOperationMustTellWhatItIsForAndWhoMayDoIt() {
        Map<String, Operation> operations = operations(parsed().getOpenAPI());
        methods().forEach((what, method) -> {
            Operation operation = operations.get(what);
            RolesAllowed roles = method.isAnnotationPresent(RolesAllowed.class)
                    ? method.getAnnotation(RolesAllowed.class)
                    : method.getDeclaringClass().getAnnotation(RolesAllowed.class);

            assertThat(operation.getSummary()).as(what).isNotBlank();
            assertThat(operation.getTags()).as(what).hasSize(1);
            assertThat(operation.getExtensions().get("x-roles")).as(what).isEqualTo(Arrays.asList(roles.value()));
        });
    }

    @Test
    void everyOperationMustShowAnAnswerAndTheProblemsItMayHave() {
        OpenAPI api = parsed().getOpenAPI();
        operations(api).forEach((what, operation) -> {
            Map<String, ApiResponse> good = operation.getResponses().entrySet().stream()
                    .filter(response -> response.getKey().startsWith("2"))
                    .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
            assertThat(good).as(what).hasSize(1);
            good.forEach((status, response) -> {
                if (!status.equals("204")) {
                    assertThat(response.getContent().values())
                            .as(what)
                            .isNotEmpty()
                            .extracting(MediaType::getExample)
                            .doesNotContainNull();
                }
            });
            assertThat(operation.getResponses().keySet()).as(what).containsAll(PROBLEMS);
            assertThat(operation.getResponses().entrySet().stream()
                            .filter(response -> !response.getKey().startsWith("2"))
                            .map(response -> response.getValue().get$ref())
                            .map(ref -> ref.substring(ref.lastIndexOf('/') + 1))
                            .collect(toSet()))
                    .as(what)
                    .isSubsetOf(api.getComponents().getResponses().keySet());
        });
    }
}
