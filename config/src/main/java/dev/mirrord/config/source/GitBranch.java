package dev.mirrord.config.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The branch that is checked out, read from git's own files (gitrepository-layout(5)). */
public final class GitBranch {
    private static final String REFERENCE = "ref: refs/heads/";
    private static final String ELSEWHERE = "gitdir: ";

    private GitBranch() {}

    /** Empty outside of a repository and with a detached HEAD. */
    public static Optional<String> of(Path directory) {
        for (Path place = directory.toAbsolutePath(); place != null; place = place.getParent()) {
            Path git = place.resolve(".git");
            if (Files.exists(git)) {
                return head(git);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> head(Path git) {
        try {
            Path directory = git;
            if (Files.isRegularFile(git)) {
                // A worktree or a submodule.
                String text = Files.readString(git).strip();
                if (!text.startsWith(ELSEWHERE)) {
                    return Optional.empty();
                }
                directory = git.resolveSibling(text.substring(ELSEWHERE.length()));
            }
            String head = Files.readString(directory.resolve("HEAD")).strip();
            return head.startsWith(REFERENCE)
                    ? Optional.of(head.substring(REFERENCE.length()))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
