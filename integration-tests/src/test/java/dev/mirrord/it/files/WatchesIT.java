package dev.mirrord.it.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.sidecar.watch.WatchDoor;
import dev.mirrord.sidecar.watch.Watches;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches of another process, from the sidecar's socket through a real mount to real files. */
class WatchesIT {
    private static final int SOON_SECONDS = 10;

    /** Makes the watches that its input names, "MASK PATH"; prints answers and events. */
    private static final String APP =
            """
            import ctypes, os, select, socket, struct, sys
            libc = ctypes.CDLL(None, use_errno=True)
            NAMES = {1: "ACCESS", 2: "MODIFY", 4: "ATTRIB", 8: "CLOSE_WRITE", 0x10: "CLOSE", 0x20: "OPEN", 0x40: "MOVED_FROM",
                     0x80: "MOVED_TO", 0x100: "CREATE", 0x200: "DELETE", 0x400: "DELETE_SELF", 0x800: "MOVE_SELF", 0x2000: "UNMOUNT",
                     0x4000: "OVERFLOW", 0x8000: "IGNORED"}
            own = libc.inotify_init1(0o2000000)
            def watch(mask, path, descriptor):
                asking = socket.socket(socket.AF_UNIX)
                asking.connect(sys.argv[1])
                name = os.fsencode(path)
                socket.send_fds(asking, [struct.pack(">BIH", 0, mask, len(name)) + name], [descriptor])
                answer = b""
                while len(answer) < 6:
                    answer += asking.recv(6)
                error, number = struct.unpack(">Hi", answer)
                return f"errno {error}" if error else f"watch {number}"
            lines = b""
            while True:
                for ready in select.select([own, 0], [], [])[0]:
                    if ready == own:
                        data = os.read(own, 100000)
                        while data:
                            number, mask, cookie, length = struct.unpack_from("iIII", data)
                            name = data[16:16 + length].rstrip(b"\\0").decode()
                            what = NAMES[mask & 0xffff] + ("|DIR" if mask & 0x40000000 else "")
                            assert os.get_blocking(own)
                            print(number, what, name, flush=True)
                            data = data[16 + length:]
                    else:
                        more = os.read(0, 10000)
                        if not more:
                            sys.exit()
                        lines += more
                        *whole, lines = lines.split(b"\\n")
                        for line in whole:
                            mask, path = line.decode().split(" ", 1)
                            if mask == "rm":
                                print("removed", libc.inotify_rm_watch(own, int(path)), flush=True)
                            else:
                                print(watch(int(mask, 16), path, 1 if mask.startswith("0") else own), flush=True)
            """;

    @TempDir Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private MountedTarget target;

    @SuppressWarnings("NullAway.Init")
    private Watches watches;

    private final List<App> apps = new ArrayList<>();

    @BeforeEach
    void theDoorIsOpen() throws Exception {
        target = new MountedTarget();
        Shell.in(
                target.root,
                "mkdir -p srv/config/..1; echo old > srv/config/..1/key; cd srv/config; ln -s ..1"
                        + " ..data; ln -s ..data/key key; ln -s config ../link; echo x > ../file");
        watches =
                new Watches(
                        target.view(),
                        target.mount,
                        directory.resolve("watched"),
                        target.notices::add);
        WatchDoor.open(directory, () -> watches);
    }

    @AfterEach
    void close() throws Exception {
        for (App app : apps) {
            app.process.destroyForcibly().waitFor();
        }
        watches.close();
        target.close();
    }

    private final class App {
        private final Process process;
        private final Writer orders;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        App() throws IOException {
            process =
                    new ProcessBuilder("python3", "-c", APP, directory.resolve("watch").toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            orders = process.outputWriter();
            Thread.ofPlatform().daemon().start(this::read);
            apps.add(this);
        }

        private void read() {
            try (BufferedReader in = process.inputReader()) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                // It has been ended.
            }
        }

        String order(String order) throws Exception {
            orders.write(order + "\n");
            orders.flush();
            return next();
        }

        String next() throws InterruptedException {
            @Nullable String line = lines.poll(10, TimeUnit.SECONDS);
            return line == null ? "nothing" : line;
        }

        /** Events, without those of opening, until this one has come. */
        List<String> until(String last) throws InterruptedException {
            List<String> events = new ArrayList<>();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON_SECONDS);
            while (!events.contains(last)) {
                @Nullable String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                assertThat(line).as("after %s, waiting for %s", events, last).isNotNull();
                events.add(line);
            }
            return events;
        }
    }

    @Test
    void anUpdatedConfigMapIsToldAndWhoReadsItThenReadsWhatIsNew() throws Exception {
        App app = new App();
        Path key = target.mount.resolve("srv/config/key");
        assertThat(app.order("3ff /srv/link")).isEqualTo("watch 1");
        assertThat(app.order("3ce /srv/config/.")).isEqualTo("watch 1");
        for (int i = 2; i < 5; i++) {
            assertThat(Files.readString(key)).isEqualTo(i == 2 ? "old\n" : "new " + (i - 1) + "\n");
            Shell.in(
                    target.root.resolve("srv/config"),
                    "mkdir ..%1$d; echo new %1$d > ..%1$d/key; ln -s ..%1$d ..data_tmp;"
                                    .formatted(i)
                            + " mv -T ..data_tmp ..data; rm -r ..%d".formatted(i - 1));
            assertThat(app.until("1 MOVED_TO ..data")).contains("1 CREATE|DIR .." + i);
            assertThat(Files.readString(key)).isEqualTo("new " + i + "\n");
            assertThat(app.until("1 DELETE|DIR .." + (i - 1))).hasSizeLessThan(3);
        }
    }

    @Test
    void whatHappensToEntriesIsToldByName() throws Exception {
        App app = new App();
        Path srv = target.root.resolve("srv");
        assertThat(app.order("3ce /srv")).isEqualTo("watch 1");
        Shell.in(srv, "echo new > new");
        assertThat(app.until("1 CLOSE_WRITE new")).startsWith("1 CREATE new", "1 MODIFY new");
        Shell.in(srv, "echo more >> file");
        assertThat(app.until("1 CLOSE_WRITE file")).startsWith("1 MODIFY file");
        Shell.in(srv, "chmod 600 file");
        assertThat(app.until("1 ATTRIB file")).hasSize(1);
        Shell.in(srv, "mv new renamed");
        assertThat(app.until("1 MOVED_TO renamed")).startsWith("1 MOVED_FROM new");
        Shell.in(srv, "echo atomic > ../other; mv ../other file");
        assertThat(app.until("1 MOVED_TO file")).hasSize(1);
        Shell.in(srv, "mkdir sub; rm file");
        assertThat(app.until("1 DELETE file")).contains("1 CREATE|DIR sub");
        Shell.in(srv, "touch $'\\xe2\\x82\\xac new\\tname'");
        app.until("1 CREATE € new\tname");
        Shell.in(target.root, "rm -r srv");
        assertThat(app.until("1 IGNORED ")).contains("1 DELETE renamed", "1 DELETE|DIR config");
    }

    @Test
    void aFileThatIsWatchedTellsOfItself() throws Exception {
        App app = new App();
        Path file = target.root.resolve("srv/file");
        assertThat(app.order("c06 /srv/file")).isEqualTo("watch 1");
        assertThat(app.order("10000c06 /srv/file")).isEqualTo("errno 17");
        Files.writeString(file, "changed");
        app.until("1 MODIFY ");
        Files.delete(file);
        app.until("1 IGNORED ");
        Files.writeString(file, "again");
        assertThat(app.order("402 /srv/file")).isEqualTo("watch 2");
        Shell.in(target.root.resolve("srv"), "echo another > o; mv o file");
        app.until("2 IGNORED ");
    }

    @Test
    void directoryAndFilesInItAreToldOfTheSameChange() throws Exception {
        App app = new App();
        assertThat(app.order("2 /srv/file")).isEqualTo("watch 1");
        assertThat(app.order("102 /srv")).isEqualTo("watch 2");
        assertThat(app.order("100 /srv/config")).isEqualTo("watch 3");
        Shell.in(target.root.resolve("srv"), "echo more >> file; touch config/deep");
        List<String> events = new ArrayList<>(app.until("3 CREATE deep"));
        if (!events.contains("1 MODIFY ")) {
            events.addAll(app.until("1 MODIFY "));
        }
        assertThat(events).contains("2 MODIFY file");
        assertThat(app.order("rm 2")).isEqualTo("removed 0");
        assertThat(app.next()).isEqualTo("2 IGNORED ");
        Shell.in(target.root.resolve("srv"), "touch unseen; echo more >> file");
        assertThat(app.until("1 MODIFY ")).hasSize(1);
    }

    @Test
    void whatIsWrongIsSaidAsTheKernelWould() throws Exception {
        App app = new App();
        assertThat(app.order("100 /srv/missing")).isEqualTo("errno 2");
        assertThat(app.order("100 /srv/file/x")).isEqualTo("errno 20");
        assertThat(app.order("1000100 /srv/file")).isEqualTo("errno 20");
        assertThat(app.order("1000100 /srv/link")).isEqualTo("watch 1");
        assertThat(app.order("2000004 /srv/link")).isEqualTo("watch 2");
        assertThat(app.order("1000 /srv")).isEqualTo("errno 22");
        assertThat(app.order("0100 /srv")).isEqualTo("errno 22");
        assertThat(app.order("100 /../../srv/config")).isEqualTo("watch 1");
    }

    @Test
    void nobodyLooksWhenNobodyWatches() throws Exception {
        App first = new App();
        App second = new App();
        assertThat(first.order("100 /srv")).isEqualTo("watch 1");
        assertThat(second.order("100 /srv")).isEqualTo("watch 1");
        first.process.destroyForcibly().waitFor();
        Shell.in(target.root.resolve("srv"), "touch seen");
        second.until("1 CREATE seen");
        second.process.destroyForcibly().waitFor();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (watches.isLooking() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(watches.isLooking()).isFalse();
        App third = new App();
        assertThat(third.order("100 /srv")).isEqualTo("watch 1");
        Shell.in(target.root.resolve("srv"), "touch again");
        third.until("1 CREATE again");
    }

    @Test
    void whatHappensWhileTheAgentIsGoneIsToldWhenItIsBack() throws Exception {
        App app = new App();
        assertThat(app.order("142 /srv")).isEqualTo("watch 1");
        target.disconnect();
        long rounds = watches.rounds();
        Shell.in(target.root.resolve("srv"), "touch meanwhile");
        while (watches.rounds() < rounds + 2) {
            Thread.onSpinWait();
        }
        assertThat(app.lines).isEmpty();
        target.connect();
        assertThat(app.until("1 CREATE meanwhile")).hasSize(1);
    }

    @Test
    void aDirectoryThatIsTooLargeIsRefusedAndThatIsSaid() throws Exception {
        Shell.in(target.root, "mkdir many; cd many; seq 20001 | xargs touch");
        App app = new App();
        assertThat(app.order("100 /many")).isEqualTo("errno 28");
        assertThat(target.notices.poll(1, TimeUnit.SECONDS)).contains("/many", "ENOSPC");
    }
}
