package org.gpumarket.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Inside the node a package never imports one that stands above it. */
@AnalyzeClasses(
    packages = "org.gpumarket.node",
    importOptions = ImportOption.DoNotIncludeTests.class)
class PackageDirectionTest {
  private static final String NODE = "org.gpumarket.node.";

  /** From the one that sees everything to the one that sees nothing. */
  private static final List<String> TOP_DOWN =
      List.of(
          "cli",
          "daemon",
          "console",
          "access",
          "lease",
          "settlement",
          "market",
          "peer",
          "runtime",
          "meter",
          "deployment",
          "settings",
          "rig",
          "identity");

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching(NODE + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theLedgersStoreStaysBehindTheLedger =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.rocksdb..");

  @TestFactory
  List<DynamicTest> noPackageImportsOneAboveIt() {
    var classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.gpumarket.node");
    return IntStream.range(1, TOP_DOWN.size())
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    TOP_DOWN.get(i) + " imports nothing above it",
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage(NODE + TOP_DOWN.get(i) + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(
                                TOP_DOWN.subList(0, i).stream()
                                    .map(name -> NODE + name + "..")
                                    .toArray(String[]::new))
                            .allowEmptyShould(true)
                            .check(classes)))
        .toList();
  }
}
