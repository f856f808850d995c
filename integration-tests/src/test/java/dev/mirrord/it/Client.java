package dev.mirrord.it;

import java.util.List;

/** A pod from which the shop's web service is asked as any client in the cluster asks it. */
record Client(String name, String address, String address6) implements AutoCloseable {
    private static final String MANIFEST =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: shop}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: client, image: mirrord-test/glibc, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}
            """;

    /** Asks over and over, each time on a new connection, and tells begin, outcome of each. */
    private static final String PROBER =
            """
            import socket, sys, threading, time
            def ask():
                begin = time.time()
                try:
                    with socket.create_connection((sys.argv[1], int(sys.argv[2])), 10) as connection:
                        connection.sendall(b"GET / HTTP/1.1\\r\\nHost: web\\r\\nConnection: close\\r\\n\\r\\n")
                        answer = b""
                        while True:
                            part = connection.recv(65536)
                            if not part:
                                break
                            answer += part
                    lines = [l for l in answer.decode().splitlines() if l.startswith("service: ")]
                    outcome = lines[0].split(": ")[1] if lines else "cut"
                except ConnectionResetError:
                    outcome = "reset"
                except OSError as failure:
                    outcome = repr(failure).replace(" ", "_")
                print(f"{begin:.6f} {outcome}\\n", end="", flush=True)
            def loop():
                while True:
                    ask()
                    time.sleep(0.01)
            for _ in range(3):
                threading.Thread(target=loop, daemon=True).start()
            sys.stdin.read()
            """;

    static Client start(String name) {
        Pods.apply(MANIFEST.formatted(name));
        Command.kubectl(
                        "wait",
                        "-n",
                        "shop",
                        "--for=condition=Ready",
                        "pod/" + name,
                        "--timeout=60s")
                .orFail();
        String[] addresses =
                Command.kubectl(
                                "get",
                                "pod",
                                "-n",
                                "shop",
                                name,
                                "-o",
                                "jsonpath={.status.podIPs[*].ip}")
                        .orFail()
                        .outLine()
                        .split(" ");
        return new Client(name, addresses[0], addresses[1]);
    }

    Command.Result run(String... command) {
        return Command.kubectl(line(command).toArray(String[]::new));
    }

    /** The web service's description of a request. */
    String askWeb(String path) {
        return run("curl", "-4", "-sS", "--max-time", "10", "http://web" + path).orFail().out();
    }

    /** The same over IPv6. */
    String askWeb6(String path) {
        return run("curl", "-6", "-sS", "--max-time", "10", "http://web" + path).orFail().out();
    }

    /** Begins to ask the web service without end; ends when it is closed. */
    Command.Running probeWeb() {
        return probe("web");
    }

    /** Begins to ask a service without end; ends when it is closed. */
    Command.Running probe(String host) {
        return background("python3", "-c", PROBER, host, "80");
    }

    /** Who answers at an address: the first line that tells a service. */
    String serviceAt(String address) {
        return run("curl", "-sS", "--max-time", "5", "http://" + address + "/")
                .out()
                .lines()
                .filter(line -> line.startsWith("service: "))
                .map(line -> line.substring("service: ".length()))
                .findFirst()
                .orElse("nobody");
    }

    Command.Running background(String... command) {
        java.util.ArrayList<String> words = new java.util.ArrayList<>();
        words.add(System.getenv().getOrDefault("MIRRORD_TEST_KUBECTL", "kubectl"));
        words.addAll(line(command));
        return Command.start(words, java.util.Map.of());
    }

    private List<String> line(String... command) {
        java.util.ArrayList<String> words =
                new java.util.ArrayList<>(List.of("exec", "-i", "-n", "shop", name, "--"));
        words.addAll(List.of(command));
        return words;
    }

    @Override
    public void close() {
        Command.kubectl("delete", "pod", "-n", "shop", name, "--now", "--wait=false");
    }
}
