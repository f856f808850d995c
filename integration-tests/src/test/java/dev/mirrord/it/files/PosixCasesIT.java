package dev.mirrord.it.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A table of calls in situations (posix_cases.py), run in a local file system and through the mount
 * on the same one. What differs is in docs/files.md with its reason; nothing else may be there.
 */
class PosixCasesIT {
    private static final Path CASES =
            Path.of("../layer-native/test/posix_cases.py").toAbsolutePath().normalize();
    private static final Path DOCUMENTATION = Path.of("../docs/files.md");
    private static final String HEADING = "| case | user | local | mounted | why |";

    @ParameterizedTest
    @ValueSource(ints = {0, 1000})
    void onlyWhatIsListedDiffers(int uid) throws Exception {
        try (MountedTarget target = new MountedTarget(uid, uid, 0)) {
            Shell.in(target.root, "chmod 755 . ..; mkdir other readonly");
            target.mountInside("other", "size=1m,mode=777");
            target.mountInside("readonly", "size=1m,mode=777");
            Shell.in(
                    target.root,
                    "cd readonly; echo x > file; mkdir dir; chmod 666 file;"
                            + " mount -o remount,ro \"$PWD\"");
            prepare(target.root.resolve("direct"), uid);
            prepare(target.root.resolve("mounted"), uid);
            Map<String, String> direct = outcomes(target.root.resolve("direct"), uid);
            Map<String, String> mounted = outcomes(target.mount.resolve("mounted"), uid);
            assertThat(direct).hasSizeGreaterThan(1000);
            assertThat(mounted.keySet()).isEqualTo(direct.keySet());
            TreeSet<String> found = new TreeSet<>();
            for (String name : direct.keySet()) {
                if (!direct.get(name).equals(mounted.get(name))) {
                    found.add(
                            "| %s | %s | %s |"
                                    .formatted(name, direct.get(name), mounted.get(name)));
                }
            }
            assertThat(found).isEqualTo(listed(direct.keySet(), uid == 0 ? "root" : "other"));
        }
    }

    private static void prepare(Path directory, int uid) throws Exception {
        assertThat(python("prepare", directory, uid)).isEmpty();
    }

    private static Map<String, String> outcomes(Path directory, int uid) throws Exception {
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (String line : python("run", directory, uid).split("\n")) {
            int sign = line.indexOf(" = ");
            assertThat(sign).as(line).isPositive();
            outcomes.put(line.substring(0, sign), line.substring(sign + 3).replace("|", "/"));
        }
        return outcomes;
    }

    private static String python(String what, Path directory, int uid) throws Exception {
        return Shell.in(
                Path.of("/"), "python3 '%s' %s '%s' %d".formatted(CASES, what, directory, uid));
    }

    /** The rows of the table that are about this user, one for each case that they mean. */
    private static TreeSet<String> listed(Iterable<String> cases, String user) throws Exception {
        TreeSet<String> rows = new TreeSet<>();
        List<String> lines = Files.readAllLines(DOCUMENTATION);
        for (String line : lines.subList(lines.indexOf(HEADING) + 2, lines.size())) {
            if (!line.startsWith("|")) {
                break;
            }
            String[] cells = line.split(" *\\| *", -1);
            if (!cells[2].equals(user) && !cells[2].equals("both")) {
                continue;
            }
            Pattern pattern = pattern(cells[1]);
            boolean any = false;
            for (String each : cases) {
                if (pattern.matcher(each).matches()) {
                    rows.add("| %s | %s | %s |".formatted(each, cells[3], cells[4]));
                    any = true;
                }
            }
            assertThat(any).as("a case that is called %s", cells[1]).isTrue();
        }
        return rows;
    }

    /** A star stands for anything. */
    private static Pattern pattern(String cell) {
        return Pattern.compile(
                Pattern.compile("\\*")
                        .splitAsStream(cell.replace("`", ""))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")));
    }
}
