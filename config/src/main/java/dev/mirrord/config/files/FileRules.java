package dev.mirrord.config.files;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * {@code feature.fs}, and what {@code feature.magic.auto_mount} says of files. Patterns are regular
 * expressions, unanchored, without regard to case.
 *
 * @param mapping regular expressions and what replaces the part of the path that they match
 * @param autoMount the target's volumes are read in the target, whatever the built-in lists say
 * @param volumes whether they are mounts in the app's container as well
 */
public record FileRules(
        FileMode mode,
        List<String> readWrite,
        List<String> readOnly,
        List<String> local,
        List<String> notFound,
        SequencedMap<String, String> mapping,
        FileEngine engine,
        boolean autoMount,
        FileVolumes volumes) {
    /** Nothing is the target's. */
    public static final FileRules NONE =
            new FileRules(
                    FileMode.LOCAL,
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    new LinkedHashMap<>(),
                    FileEngine.AUTO,
                    true,
                    FileVolumes.OFF);

    public FileRules {
        readWrite = List.copyOf(readWrite);
        readOnly = List.copyOf(readOnly);
        local = List.copyOf(local);
        notFound = List.copyOf(notFound);
        mapping = new LinkedHashMap<>(mapping);
    }

    /** Whether anything can be the target's. */
    public boolean wanted() {
        return mode != FileMode.LOCAL;
    }

    /** Whether the sidecar mounts the target's files. */
    public boolean mounted() {
        return wanted() || volumes != FileVolumes.OFF;
    }

    /** Whether anything of the target can be changed. */
    public boolean writable() {
        return mode == FileMode.WRITE || !readWrite.isEmpty();
    }

    public FileRules with(FileMode other) {
        return new FileRules(
                other, readWrite, readOnly, local, notFound, mapping, engine, autoMount, volumes);
    }
}
