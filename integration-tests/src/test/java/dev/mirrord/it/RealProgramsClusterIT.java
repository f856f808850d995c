package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs of others talk to programs of others: redis, WebSockets, server-sent events. */
class RealProgramsClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String NAME = "mirrord-it-real";
    private static final String REDIS = "mirrord-test/redis";

    /** Echoes WebSocket messages at 8000, tells of five events at 8001. */
    private static final String WEB =
            """
            import asyncio, http.server, os, socket, threading, time, websockets
            me = os.environ["SERVICE_NAME"]
            class Events(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.send_header("Content-Type", "text/event-stream")
                    self.end_headers()
                    for number in range(5):
                        self.wfile.write(f"data: {me} {number}\\n\\n".encode())
                        self.wfile.flush()
                        time.sleep(0.3)
            async def talk(socket):
                async for message in socket:
                    await socket.send(message if isinstance(message, bytes) else f"{me} {message}")
            def packets():
                listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                listener.bind("/tmp/packets.sock")
                listener.listen()
                while True:
                    with listener.accept()[0] as peer:
                        for packet in iter(lambda: peer.recv(200_000), b""):
                            peer.send(b"%d %s" % (len(packet), me.encode()))
            threading.Thread(target=packets, daemon=True).start()
            threading.Thread(target=http.server.ThreadingHTTPServer(("", 8001), Events).serve_forever).start()
            async def main():
                async with websockets.serve(talk, "", 8000, max_size=None):
                    await asyncio.Future()
            asyncio.run(main())
            """;

    private static final String WEBSOCKET_CLIENT =
            """
            import asyncio, os, sys, websockets
            async def main():
                headers = {"X-User": sys.argv[2]}
                async with websockets.connect(sys.argv[1], extra_headers=headers, max_size=None) as socket:
                    await socket.send("hello")
                    print(await socket.recv())
                    for size in (1, 70_000, 3_000_000):
                        sent = os.urandom(size)
                        await socket.send(sent)
                        assert await socket.recv() == sent
                    await (await socket.ping())
                print("closed", socket.close_code)
            asyncio.run(main())
            """;

    private static final String MANIFEST =
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: %1$s, namespace: shop}
            data:
              hello: |
                #!/bin/sh
                echo "$0 of the target, $#"
              web.py: |
            %2$s
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s, namespace: shop}
            spec:
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata: {labels: {app: %1$s}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: redis
                    image: mirrord-test/redis
                    imagePullPolicy: IfNotPresent
                    args: [redis-server, --save, "", --unixsocket, /tmp/shop.sock, --unixsocketperm, "777"]
                    ports: [{containerPort: 6379}]
                  - name: web
                    image: mirrord-test/glibc
                    imagePullPolicy: IfNotPresent
                    command: [python3, -u, /srv/web.py]
                    ports: [{containerPort: 8000}, {containerPort: 8001}]
                    env: [{name: SERVICE_NAME, value: target}]
                    volumeMounts: [{name: web, mountPath: /srv}]
                  volumes: [{name: web, configMap: {name: %1$s, defaultMode: 493}}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s, namespace: shop}
            spec:
              selector: {app: %1$s}
              ports: [{name: redis, port: 6379}, {name: sockets, port: 8000}, {name: events, port: 8001}]
            """;

    private static Client client;

    @TempDir Path directory = Path.of("");

    @BeforeAll
    static void deploy() {
        client = Client.start(NAME + "-client");
        Pods.apply(MANIFEST.formatted(NAME, WEB.indent(4).stripTrailing()));
        Pods.rolledOut(NAME);
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        try {
            Cluster.assertNothingLeft();
        } finally {
            Pods.remove(NAME, "configmap");
        }
    }

    private static String redis(String... words) {
        String[] line = new String[words.length + 3];
        line[0] = "redis-cli";
        line[1] = "-h";
        line[2] = NAME;
        System.arraycopy(words, 0, line, 3, words.length);
        return client.run(line).orFail().outLine();
    }

    private static String benchmark() {
        return client.run(
                        "redis-benchmark",
                        "-h",
                        NAME,
                        "-q",
                        "-t",
                        "set,get,lpush,lrange_100",
                        "-n",
                        "3000",
                        "-c",
                        "20",
                        "-P",
                        "4",
                        "-d",
                        "500")
                .orFail()
                .out();
    }

    private Mirrord withUnixStreams(String container, String engine) throws IOException {
        Path file = directory.resolve(container + engine + ".json");
        Files.writeString(
                file,
                """
                {"feature": {"fs": {"engine": "%s"},
                  "network": {"incoming": "off", "outgoing": {"unix_streams": ["^/tmp/.*sock$"]}}}}
                """
                        .formatted(engine));
        return Mirrord.on("deployment/" + NAME + "/container/" + container)
                .with("-f", file.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"preload", "supervise"})
    void redisIsAskedOverItsUnixSocket(String engine) throws IOException {
        redis("set", "big", "b".repeat(100_000));
        Command.Result result =
                withUnixStreams("redis", engine)
                        .docker("--entrypoint", "bash")
                        .run(
                                REDIS,
                                "-c",
                                "cli='redis-cli -s /tmp/shop.sock'; $cli set unix over; $cli get"
                                    + " unix; $cli get big | wc -c; redis-benchmark -s"
                                    + " /tmp/shop.sock -q -t set,get -n 2000 -c 20 -d 500 | tr '\\r"
                                    + "' '\\n"
                                    + "' | grep -c 'requests per second'; redis-cli -s"
                                    + " /tmp/none.sock get x 2>&1 | head -1; redis-cli -s"
                                    + " /run/own.sock get x 2>&1; true");
        assertThat(result.orFail().out())
                .isEqualTo(
                        """
                        OK
                        over
                        100001
                        2
                        Could not connect to Redis at /tmp/none.sock: No such file or directory
                        Could not connect to Redis at /run/own.sock: No such file or directory
                        """);
        assertThat(redis("get", "unix")).isEqualTo("over");
    }

    @ParameterizedTest
    @ValueSource(strings = {"preload", "supervise"})
    void packetsOfAUnixSocketStayPackets(String engine) throws IOException {
        String program =
                """
                import socket
                s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                s.connect("/tmp/packets.sock")
                for size in (1, 2, 70_000): s.send(b"x" * size)
                print([s.recv(100).decode() for _ in range(3)])
                """;
        assertThat(
                        withUnixStreams("web", engine)
                                .docker("--entrypoint", "python3")
                                .run(Mirrord.GLIBC, "-c", program)
                                .orFail()
                                .outLine())
                .isEqualTo("['1 target', '2 target', '70000 target']");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/srv/hello x",
                "python3 -S -c 'import os; os.execv(\"/srv/hello\", [\"h\", \"x\"])'"
            })
    void aProgramThatOnlyTheTargetHasIsStarted(String line) {
        assertThat(
                        Mirrord.on("deployment/" + NAME + "/container/web")
                                .with("--fs-mode", "read")
                                .script(line)
                                .orFail()
                                .outLine())
                .isEqualTo("/srv/hello of the target, 1");
    }

    @Test
    void redisIsStolenWhole() {
        redis("set", "who", "target");
        try (Command.Running app =
                Mirrord.on("deployment/" + NAME + "/container/redis")
                        .with("--steal")
                        .start(REDIS, "redis-server", "--save", "")) {
            Eventually.within(START, app::text).until(() -> redis("get", "who").isEmpty());
            redis("set", "who", "app");
            assertThat(benchmark()).contains("SET:", "LRANGE").doesNotContain("Error");
            assertThat(redis("get", "who")).isEqualTo("app");
            assertThat(client.run("bash", "-c", BIG.formatted(NAME)).orFail().outLine())
                    .isEqualTo("same");
        }
        Eventually.within(START, () -> redis("get", "who"))
                .until(() -> redis("get", "who").equals("target"));
    }

    /** A value of 4 MB there and back. */
    private static final String BIG =
            "head -c 4000000 /dev/urandom | base64 -w0 > /tmp/big; redis-cli -h %1$s -x set big <"
                    + " /tmp/big >/dev/null; redis-cli -h %1$s --raw get big | head -c -1 | cmp -"
                    + " /tmp/big && echo same";

    @Test
    void webSocketsAndEventsGoToWhomTheFilterSays() throws IOException {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        "feature: {network: {incoming: {mode: steal, http_filter: {header_filter:"
                                + " '^x-user: alice$'}}}}\n");
        try (Command.Running app =
                Mirrord.on("deployment/" + NAME + "/container/web")
                        .with("-f", config.toString())
                        .docker("-e", "SERVICE_NAME=app", "-e", "CODE=" + WEB)
                        .docker("--entrypoint", "bash")
                        .start(Mirrord.GLIBC, "-c", "exec python3 -u -c \"$CODE\"")) {
            Eventually.within(START, app::text)
                    .until(
                            () ->
                                    events("alice").contains("app 4")
                                            && webSocket("alice").contains("app hello"));
            for (String user : List.of("alice", "bob")) {
                String who = user.equals("alice") ? "app" : "target";
                assertThat(webSocket(user)).isEqualTo(who + " hello\nclosed 1000");
                List<String> events = events(user).lines().toList();
                assertThat(events).hasSize(5).allMatch(line -> line.contains("data: " + who));
                // Each came when it was said, not all of them at the end.
                assertThat(seconds(events.getLast()) - seconds(events.getFirst()))
                        .isGreaterThan(0.9);
            }
        }
    }

    private static String webSocket(String user) {
        return client.run("python3", "-c", WEBSOCKET_CLIENT, "ws://" + NAME + ":8000/chat", user)
                .outLine();
    }

    /** Each with the time of its coming. */
    private static String events(String user) {
        return client.run(
                        "bash",
                        "-c",
                        "curl -sSN -H 'X-User: %s' http://%s:8001/events | while read -r line; do test -z"
                                        .formatted(user, NAME)
                                + " \"$line\" || echo \"$EPOCHREALTIME $line\"; done")
                .orFail()
                .outLine();
    }

    private static double seconds(String line) {
        return Double.parseDouble(line.substring(0, line.indexOf(' ')));
    }
}
