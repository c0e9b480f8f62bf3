// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What may know of what inside the resource adapter. */
@Tag("core")
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.serpentry.connector");

    private static void check(ArchRule rule) {
        assertThat(CLASSES).hasSizeGreaterThan(50);
        rule.check(CLASSES);
    }

    @Test
    void theWirePackageMustDoNoInputOrOutput() {
        check(noClasses()
                .that()
                .resideInAPackage("..internal.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "..internal.worker..", "..internal.jca..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.channels.SocketChannel"));
    }

    @Test
    void theWorkerPackageMustKnowNothingOfTheContainer() {
        check(noClasses()
                .that()
                .resideInAPackage("..internal.worker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.resource..", "javax.transaction..", "..internal.jca.."));
    }

    @Test
    void theClientApiMustNotKnowTheAdapter() {
        check(noClasses()
                .that()
                .resideInAnyPackage("io.serpentry.connector", "io.serpentry.connector.cdi")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..internal.."));
    }

    @Test
    void nobodyMustSleep() {
        check(noClasses().should().callMethod(Thread.class, "sleep", long.class));
    }

    @Test
    void theAdapterMustNeedNoOtherModule() {
        check(classes()
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages("io.serpentry.session..", "io.serpentry.placement..", "io.serpentry.admin.."));
    }
}
