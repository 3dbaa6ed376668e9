package org.gpumarket.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which module may know which: {@code ledger → proto}, {@code node → proto, ledger, matcher}. */
@AnalyzeClasses(packages = "org.gpumarket", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleDirectionTest {
  @ArchTest
  static final ArchRule theWireKnowsNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage("org.gpumarket.v1..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.gpumarket.ledger..", "org.gpumarket.matcher..", "org.gpumarket.node..");

  @ArchTest
  static final ArchRule theMatcherIsPlainJava =
      noClasses()
          .that()
          .resideInAPackage("org.gpumarket.matcher..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("java..", "org.jspecify..", "org.gpumarket.matcher..");

  @ArchTest
  static final ArchRule theLedgerKnowsNeitherNodeNorNetwork =
      noClasses()
          .that()
          .resideInAPackage("org.gpumarket.ledger..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.gpumarket.node..", "org.gpumarket.matcher..", "io.grpc..", "io.netty..");
}
