package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Location;
import com.sun.jdi.Method;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.EventSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Point 6: debuggers reach the app from the host through {@code -p}, and nobody else does: their
 * ports are never stolen, while the app's own are.
 */
class DebuggerClusterIT {
    private static final Duration START = Duration.ofSeconds(60);

    /**
     * Longer than the agent's heartbeat, its rules' timeout and the sidecar's patience between
     * tunnels.
     */
    private static final Duration HELD = Duration.ofSeconds(7);

    private static Client client;

    @BeforeAll
    static void startClient() {
        client = Client.start("mirrord-it-debugger");
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        Cluster.assertNothingLeft();
    }

    @Test
    void aJavaBreakpointIsHeldWithoutHarm() throws Exception {
        String options =
                "JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:8765";
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("--steal")
                        .docker("-p", "127.0.0.1:18765:8765", "-e", options)
                        .start("mirrord-test/java", "serve", "80")) {
            Eventually.within(START, app::text)
                    .until(() -> client.askWeb("/").startsWith("java GET /"));
            assertRefused(8765);
            VirtualMachine machine = attach(18765);
            try {
                Method handler =
                        machine.classesByName("App").getFirst().methods().stream()
                                .filter(method -> method.name().startsWith("lambda$serve"))
                                .findFirst()
                                .orElseThrow();
                Location line = handler.location();
                machine.eventRequestManager().createBreakpointRequest(line).enable();
                try (Command.Running request =
                        client.background(
                                "curl", "-4", "-sS", "--max-time", "60", "http://web/held")) {
                    EventSet stopped = machine.eventQueue().remove(START.toMillis());
                    assertThat(stopped).isNotNull();
                    assertThat(stopped.iterator().next()).isInstanceOf(BreakpointEvent.class);
                    long until = System.nanoTime() + HELD.toNanos();
                    while (System.nanoTime() < until) {
                        // The target's other port goes on. It is asked at the pod: the kubelet's
                        // readiness probe of the stolen port waits at the breakpoint too.
                        assertThat(
                                        client.run("curl", "-sS", "http://" + pod() + ":9090/")
                                                .orFail()
                                                .out())
                                .contains("service: web\n");
                        assertThat(request.process().isAlive()).isTrue();
                    }
                    machine.eventRequestManager().deleteAllBreakpoints();
                    stopped.resume();
                    assertThat(request.await(START).orFail().out()).startsWith("java GET /held");
                }
            } finally {
                machine.dispose();
            }
            Eventually.within(START, app::text)
                    .until(
                            () ->
                                    client.run("curl", "-4", "-sS", "http://web/after")
                                            .out()
                                            .startsWith("java GET /after"));
            assertThat(app.process().isAlive()).isTrue();
        }
    }

    @Test
    void nodeIsInspectedFromTheHost() {
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("--steal")
                        .docker("-p", "127.0.0.1:19229:9229", "-e", "PORT=80")
                        .start("mirrord-test/node", "node", "--inspect=0.0.0.0:9229", "app.js")) {
            Eventually.within(START, app::text)
                    .until(() -> client.askWeb("/").startsWith("node GET /"));
            assertThat(
                            Command.shell(
                                            "curl -sS --max-time 5"
                                                    + " http://127.0.0.1:19229/json/version")
                                    .out())
                    .contains("node.js");
            assertRefused(9229);
        }
    }

    /** Debuggers that no image here has: what counts is the command line, or the customary port. */
    @Test
    void portsOfDebugpyAndDelveAreNotStolen() {
        String listen =
                "import socket,sys,time\n"
                        + "for port in (5679, 2345, 8001):\n"
                        + "    s = socket.socket(); s.bind(('', port)); s.listen();"
                        + " globals()[str(port)] = s\n"
                        + "print('listening', flush=True); time.sleep(600)";
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("--steal")
                        .docker("-p", "127.0.0.1:15679:5679", "-w", "/tmp", "--entrypoint", "bash")
                        .docker("-e", "CODE=" + listen)
                        .start(
                                Mirrord.GLIBC,
                                "-c",
                                "echo \"$CODE\" > debugpy.py; exec python3 -m debugpy --listen"
                                        + " 0.0.0.0:5679 app.py")) {
            app.awaitOut("listening", START);
            // An ordinary port of the app is taken over, so the others would have been by now.
            Eventually.within(START, app::text).until(() -> connects(8001));
            assertRefused(5679);
            assertRefused(2345);
            Command.shell("exec 3<>/dev/tcp/127.0.0.1/15679").orFail();
        }
    }

    private static VirtualMachine attach(int port) throws Exception {
        AttachingConnector connector =
                Bootstrap.virtualMachineManager().attachingConnectors().stream()
                        .filter(each -> each.name().equals("com.sun.jdi.SocketAttach"))
                        .findFirst()
                        .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(Integer.toString(port));
        return connector.attach(arguments);
    }

    private static void assertRefused(int port) {
        Command.Result result = connect(port);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.err()).contains("refused");
    }

    private static boolean connects(int port) {
        return connect(port).exitCode() == 0;
    }

    /** To the pod itself: the service has only the declared ports. */
    private static Command.Result connect(int port) {
        return client.run(
                List.of("nc", "-vz", "-w", "5", pod(), Integer.toString(port))
                        .toArray(String[]::new));
    }

    private static String pod() {
        return Command.kubectl(
                        "get",
                        "pod",
                        "-n",
                        "shop",
                        "-l",
                        "app=web",
                        "-o",
                        "jsonpath={.items[0].status.podIP}")
                .orFail()
                .outLine();
    }
}
