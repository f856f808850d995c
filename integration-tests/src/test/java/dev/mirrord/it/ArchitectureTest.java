package dev.mirrord.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module picture of docs/architecture.md. */
@AnalyzeClasses(packages = "dev.mirrord", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] IN_THE_CLUSTER_OR_CONTAINER = {
        "dev.mirrord.agent..",
        "dev.mirrord.sidecar..",
        "dev.mirrord.protocol..",
        "dev.mirrord.linux.."
    };

    @ArchTest
    static final ArchRule nativeCodeHasOneDoor =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.mirrord.linux..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("java.lang.foreign..");

    @ArchTest
    static final ArchRule agentAndSidecarKnowNoClients =
            noClasses()
                    .that()
                    .resideInAnyPackage(IN_THE_CLUSTER_OR_CONTAINER)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.fabric8..", "com.github.dockerjava..", "dev.mirrord.session..");

    @ArchTest
    static final ArchRule clientsStayBehindTheSession =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.mirrord.session..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.fabric8..", "com.github.dockerjava..");

    @ArchTest
    static final ArchRule frontEndsMoveNoBytes =
            noClasses()
                    .that()
                    .resideInAnyPackage("dev.mirrord.cli..", "dev.mirrord.config..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule theTwoEndsDoNotKnowEachOther =
            noClasses()
                    .that()
                    .resideInAPackage("dev.mirrord.agent..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("dev.mirrord.sidecar..", "dev.mirrord.config..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.mirrord.(*)..").should().beFreeOfCycles();
}
