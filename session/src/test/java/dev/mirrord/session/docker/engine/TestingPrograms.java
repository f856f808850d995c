package dev.mirrord.session.docker.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images for the tests, made on the spot: a static multi-call program, and {@code FROM scratch}
 * around it. The sidecar's has it as {@code /.mirrord/run} too, where it stands in for the launcher
 * and says that it was there.
 */
final class TestingPrograms implements AutoCloseable {

    static final String APP = "mirrord-docker-it/app";
    static final String SIDECAR = "mirrord-docker-it/sidecar";

    private static final String SOURCE =
            """
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            #include <signal.h>
            #include <arpa/inet.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            static void ended(int signal) { _exit(0); }
            int main(int count, char **words) {
                signal(SIGTERM, ended);
                if (count > 1 && !strcmp(words[1], "--main")) {
                    int first = 2;
                    while (strcmp(words[first], "--")) first++;
                    setenv("LAUNCHED", "main", 1);
                    execv(words[first + 1], words + first + 1);
                    return 127;
                }
                if (strstr(words[0], ".mirrord") && count > 1) {
                    setenv("LAUNCHED", "run", 1);
                    execvp(words[1], words + 1);
                    return 127;
                }
                const char *call = count > 1 ? words[1] : "wait";
                if (!strcmp(call, "wait")) for (;;) pause();
                if (!strcmp(call, "exit")) return atoi(words[2]);
                if (!strcmp(call, "cat")) {
                    char bytes[65536];
                    ssize_t n;
                    while ((n = read(0, bytes, sizeof bytes)) > 0)
                        for (ssize_t done = 0; done < n;) done += write(1, bytes + done, n - done);
                    return 0;
                }
                if (!strcmp(call, "see")) {
                    struct stat info;
                    char name[256] = "";
                    gethostname(name, sizeof name);
                    printf("host=%s launched=%s", name, getenv("LAUNCHED"));
                    for (int i = 2; i < count; i++)
                        printf(" %s=%d%d", words[i], !stat(words[i], &info),
                               !access(words[i], W_OK));
                    printf("\\n");
                    return 0;
                }
                if (!strcmp(call, "serve")) {
                    int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);
                    struct sockaddr_in a = {AF_INET, htons(atoi(words[2]))};
                    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
                    if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 9)) return 1;
                    for (;;) {
                        int c = accept(s, 0, 0);
                        if (write(c, "served\\n", 7) < 0) return 1;
                        close(c);
                    }
                }
                return 2;
            }
            """;

    private final Path folder;

    TestingPrograms() throws Exception {
        folder = Files.createTempDirectory("mirrord-docker-it");
        Files.writeString(folder.resolve("call.c"), SOURCE);
        run("cc", "-static", "-O1", "-w", "-o", path("call"), path("call.c"));
        build(APP, "FROM scratch\nCOPY call /call\nENTRYPOINT [\"/call\"]\nEXPOSE 8000\n");
        build(
                SIDECAR,
                "FROM scratch\nCOPY call /call\nCOPY call /.mirrord/run\n"
                        + "ENTRYPOINT [\"/call\"]\n");
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    /** Builds an image whose context holds {@code call}. */
    void build(String tag, String dockerfile) throws Exception {
        Files.writeString(folder.resolve("Dockerfile"), dockerfile);
        run("docker", "build", "-q", "-t", tag, folder.toString());
    }

    /** Standard output and error of a line that has to succeed. */
    static String run(String... words) throws IOException, InterruptedException {
        Result result = result(List.of(words));
        if (result.exitCode() != 0) {
            throw new AssertionError(String.join(" ", words) + "\n" + result.output());
        }
        return result.output();
    }

    record Result(int exitCode, String output) {}

    static Result result(List<String> words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output.strip());
    }

    @Override
    public void close() throws Exception {
        for (String name : List.of("call", "call.c", "Dockerfile")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.deleteIfExists(folder);
        List<String> line = new ArrayList<>(List.of("docker", "rmi", "-f", APP, SIDECAR));
        result(line);
    }
}
