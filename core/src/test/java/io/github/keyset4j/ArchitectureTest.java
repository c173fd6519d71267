package io.github.keyset4j;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the classes of this module to docs/architecture.md, whose table and sentences are read here. */
class ArchitectureTest {

    private static final String BASE = "io.github.keyset4j.";
    private static final Pattern NAME = Pattern.compile("`([a-z.]*?\\.)?([A-Z]\\w+)`");

    /** A source's own factories make what wraps it. */
    private static final Set<String> FACTORIES = Set.of(
            "KeysetSource",
            "ForwardingKeysetSource",
            "FormattedKeysetSource",
            "AdvisedKeysetSource",
            "NamedKeysetSource",
            "FallbackKeysetSource",
            "Failures");

    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target/classes"));
    private static final List<String> LINES = lines();
    private static final Map<String, Integer> STEPS = steps();

    private static List<String> lines() {
        try {
            return Files.readAllLines(Path.of("../docs/architecture.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The step of each type, counted from the table's first row; a row without a step belongs to the one above. */
    private static Map<String, Integer> steps() {
        Map<String, Integer> steps = new LinkedHashMap<>();
        int step = 0;
        boolean inside = false;
        for (String line : LINES) {
            inside = line.startsWith("| step ") || (inside && line.startsWith("|"));
            String[] cells = line.split("\\|", -1);
            if (inside && cells.length > 3) {
                step += cells[1].isBlank() ? 0 : 1;
                int place = step;
                names(cells[2])
                        .forEach(name -> assertThat(steps.put(name, place))
                                .as("%s stands in the table once", name)
                                .isNull());
            }
        }
        return steps;
    }

    /** The names in a row, each with the package of the one before unless it has its own. */
    private static List<String> names(String cell) {
        String[] place = {""};
        return NAME.matcher(cell)
                .results()
                .map(name -> {
                    place[0] = name.group(1) == null ? place[0] : name.group(1);
                    return place[0] + name.group(2);
                })
                .toList();
    }

    /** The types that a sentence of the text lists after these words. */
    private static Set<String> listedAfter(String words) {
        String text = String.join(" ", LINES);
        int start = text.indexOf(words);
        assertThat(start).as(words).isNotNegative();
        String sentence = text.substring(start, text.indexOf(". ", start));
        return NAME.matcher(sentence)
                .results()
                .map(name -> name.group(2))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The file it is in: nested types go with the one around them. */
    private static String file(JavaClass type) {
        String name = type.getName();
        int dollar = name.indexOf('$');
        String outer = dollar < 0 ? name : name.substring(0, dollar);
        return outer.startsWith(BASE) ? outer.substring(BASE.length()) : outer;
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static JavaClass target(Dependency dependency) {
        return dependency.getTargetClass().getBaseComponentType();
    }

    private static Stream<Dependency> dependencies() {
        return CLASSES.stream().flatMap(type -> type.getDirectDependenciesFromSelf().stream());
    }

    private static Set<String> filesThatUse(Predicate<String> name) {
        return dependencies()
                .filter(dependency -> name.test(target(dependency).getName()))
                .map(dependency -> simple(file(dependency.getOriginClass())))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Set<String>> arrows() {
        Map<String, Set<String>> arrows = new TreeMap<>();
        dependencies().forEach(dependency -> {
            String from = file(dependency.getOriginClass());
            String to = file(target(dependency));
            if (STEPS.containsKey(from) && STEPS.containsKey(to) && !from.equals(to)) {
                arrows.computeIfAbsent(from, name -> new TreeSet<>()).add(to);
            }
        });
        return arrows;
    }

    @Test
    void table_everyTypeOfThisModule_standsInIt() {
        Set<String> there = CLASSES.stream()
                .filter(type -> !type.getName().endsWith("-info"))
                .map(ArchitectureTest::file)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(STEPS.keySet()).containsExactlyInAnyOrderElementsOf(there);
    }

    @Test
    void arrows_ofEveryType_goToItsStepOrAnEarlierOne() {
        Set<String> climbing = new TreeSet<>();
        arrows().forEach((from, targets) -> targets.stream()
                .filter(to -> STEPS.get(from) < STEPS.get(to))
                .forEach(to -> climbing.add(from + " -> " + to)));
        assertThat(climbing).isEmpty();
    }

    @Test
    void arrows_ofEveryType_makeNoCircle() {
        Map<String, Set<String>> arrows = arrows();
        Set<String> inCircles = new TreeSet<>();
        for (String type : arrows.keySet()) {
            Set<String> seen = new HashSet<>();
            Deque<String> open = new ArrayDeque<>(arrows.get(type));
            while (!open.isEmpty()) {
                String next = open.pop();
                if (seen.add(next)) {
                    open.addAll(arrows.getOrDefault(next, Set.of()));
                }
            }
            if (seen.contains(type) && !FACTORIES.contains(type)) {
                inCircles.add(type);
            }
        }
        assertThat(inCircles).isEmpty();
    }

    @Test
    void privateHalves_areAskedForWhereTheTextSays() {
        Set<String> asking = CLASSES.stream()
                .flatMap(type -> type.getMethodCallsFromSelf().stream())
                .filter(call -> call.getTargetOwner().isEquivalentTo(KeyMaterial.class))
                .filter(call -> Set.of("privateKey", "secret").contains(call.getName()))
                .map(call -> simple(file(call.getOriginOwner())))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(asking).isEqualTo(listedAfter("Private halves and secrets are asked for in:"));
    }

    @Test
    void jose4j_isNamedWhereTheTextSays() {
        assertThat(filesThatUse(name -> name.startsWith("org.jose4j."))).isEqualTo(listedAfter("jose4j is named in:"));
        assertThat(dependencies()
                        .map(dependency -> target(dependency).getName())
                        .filter(name -> name.startsWith("org.jose4j.")))
                .containsOnly("org.jose4j.jwt.JwtClaims");
    }

    @Test
    void cryptography_isUsedInTheStepOfKeysAndWhereTheTextSays() {
        Set<String> tools = Set.of("Signature", "KeyFactory", "KeyPairGenerator", "AlgorithmParameters");
        Set<String> allowed = listedAfter("Ciphers, signatures and key factories are used in:");
        STEPS.forEach((type, step) -> {
            if (step.equals(STEPS.get("KeyType"))) {
                allowed.add(simple(type));
            }
        });
        assertThat(filesThatUse(name -> name.startsWith("javax.crypto.")
                        || (name.startsWith("java.security.") && tools.contains(simple(name)))))
                .contains("RsaKeyType")
                .isSubsetOf(allowed);
    }
}
