package dev.camelfeishu;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;

/** The table of packages: who may use whom. */
@AnalyzeClasses(packages = "dev.camelfeishu", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageRulesTest {

    private static final String OURS = "dev.camelfeishu";

    @ArchTest
    static final ArchRule openapi = mayUse("openapi");

    @ArchTest
    static final ArchRule card = mayUse("card");

    @ArchTest
    static final ArchRule event = mayUse("event", "openapi");

    @ArchTest
    static final ArchRule sync = mayUse("sync", "openapi", "event");

    @ArchTest
    static final ArchRule approval = mayUse("approval", "openapi", "event");

    @ArchTest
    static final ArchRule connector = mayUse("connector");

    @ArchTest
    static final ArchRule component = mayUse("component", "openapi", "event", "card", "sync", "approval", "connector");

    @ArchTest
    static final ArchRule sandbox = mayUse("sandbox");

    @ArchTest
    static final ArchRule nothingUsesTheSandbox = noClasses()
            .that(resideInAPackage(OURS + "..").and(outside("sandbox")))
            .should()
            .dependOnClassesThat(inside("sandbox"));

    @ArchTest
    static final ArchRule nothingUsesTheWiring = noClasses()
            .that(resideInAPackage(OURS + ".*.."))
            .should()
            .dependOnClassesThat(resideInAPackage(OURS))
            .because("the root package wires the others");

    @ArchTest
    static final ArchRule nobodyUsesRoutesOrOperations = noClasses()
            .that(resideInAPackage(OURS + ".*..").and(outside("route")).and(outside("ops")))
            .should()
            .dependOnClassesThat(inside("route").or(inside("ops")));

    @ArchTest
    static final ArchRule noCircles =
            slices().matching(OURS + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule namedForWhatTheyAre = classes()
            .that()
            .resideInAPackage(OURS + "..")
            .should()
            .haveNameNotMatching(".*\\.\\w*(Utils?|Helpers?|Managers?|Common)(\\$\\w+)?")
            .andShould()
            .haveNameNotMatching(".*[.$]\\w*[a-z0-9]And[A-Z]\\w*");

    private static ArchRule mayUse(String name, String... others) {
        DescribedPredicate<JavaClass> allowed = inside(name);
        for (String other : others) {
            allowed = allowed.or(inside(other));
        }
        return noClasses()
                .that(inside(name))
                .should()
                .dependOnClassesThat(resideInAPackage(OURS + "..").and(DescribedPredicate.not(allowed)))
                .as(name + " uses nothing of ours but " + Arrays.toString(others))
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaClass> inside(String name) {
        return resideInAPackage(OURS + "." + name + "..");
    }

    private static DescribedPredicate<JavaClass> outside(String name) {
        return DescribedPredicate.not(inside(name));
    }
}
