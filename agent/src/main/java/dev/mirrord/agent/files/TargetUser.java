package dev.mirrord.agent.files;

import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.file.FileUser;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who the target's process is for the file system, from its status (proc(5)). */
public final class TargetUser {
    /** CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID and SETFCAP (capabilities(7)). */
    private static final long OF_FILES = 0b11111 | 1L << 31;

    /** Fields of the lines Uid and Gid: real, effective, saved, file system. */
    private static final int FILE_SYSTEM = 3;

    private TargetUser() {}

    public static FileUser of(Target target) throws IOException {
        return parse(Files.readAllLines(target.proc("status")));
    }

    static FileUser parse(List<String> status) throws IOException {
        Map<String, String[]> fields = new HashMap<>();
        for (String line : status) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(
                        line.substring(0, colon), line.substring(colon + 1).strip().split("\\s+"));
            }
        }
        List<Integer> groups = new ArrayList<>();
        Arrays.stream(field(fields, "Groups"))
                .filter(group -> !group.isEmpty())
                .forEach(group -> groups.add(Integer.parseUnsignedInt(group)));
        return new FileUser(
                Integer.parseUnsignedInt(field(fields, "Uid")[FILE_SYSTEM]),
                Integer.parseUnsignedInt(field(fields, "Gid")[FILE_SYSTEM]),
                groups,
                Long.parseUnsignedLong(field(fields, "CapEff")[0], 16) & OF_FILES);
    }

    private static String[] field(Map<String, String[]> fields, String name) throws IOException {
        String[] values = fields.get(name);
        if (values == null) {
            throw new IOException("no %s in the target's status".formatted(name));
        }
        return values;
    }
}
