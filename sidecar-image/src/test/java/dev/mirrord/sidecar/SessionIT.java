package dev.mirrord.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class SessionIT {
    private static final int MAIN = 1;
    private static final int RUN = 2;
    private static final int REJOIN = 3;

    private static TestingSidecar sidecar() throws Exception {
        return new TestingSidecar(TestingConfig.network("{}"));
    }

    @Test
    void launchersGetTheTargetsEnvironment() throws Exception {
        try (TestingSidecar sidecar = sidecar();
                TestingLauncher early = sidecar.launcher(MAIN)) {
            assertThat(sidecar.await("launcher").path("pid").asInt()).isEqualTo(42);
            sidecar.agent.environ = "FROM_TARGET=yes\0PATH=/x\0MINE=no\0MULTI=a\nb=c\0";
            sidecar.connected();
            TestingLauncher.Message context = early.read();
            assertThat(context.type()).isEqualTo(1);
            assertThat(context.entries())
                    .containsEntry("FROM_TARGET=yes", 1)
                    .containsEntry("MULTI=a\nb=c", 1)
                    .doesNotContainKeys("PATH=/x", "MINE=no");
            try (TestingLauncher run = sidecar.launcher(RUN);
                    TestingLauncher rejoined = sidecar.launcher(REJOIN)) {
                assertThat(run.read().entries()).isEqualTo(context.entries());
                assertThat(rejoined.read().payload()).isEmpty();
            }
        }
    }

    @Test
    void theEndOfTheCliEndsTheAppAndThenTheSidecar() throws Exception {
        try (TestingSidecar sidecar = sidecar()) {
            sidecar.connected();
            TestingLauncher launcher = sidecar.launcher(MAIN);
            assertThat(launcher.read().type()).isEqualTo(1);
            sidecar.control.close();
            TestingLauncher.Message end = launcher.read();
            assertThat(end.type()).isEqualTo(3);
            assertThat(end.text()).contains("the session is over");
            assertThat(sidecar.process.isAlive()).isTrue();
            launcher.close();
            assertThat(sidecar.process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(sidecar.process.exitValue()).isZero();
        }
    }

    @Test
    void anAbortedStartTellsTheLauncherWhy() throws Exception {
        try (TestingSidecar sidecar = sidecar();
                TestingLauncher launcher = sidecar.launcher(MAIN)) {
            sidecar.await("launcher");
            ObjectNode abort = Json.message("abort").put("exitCode", 125).put("text", "no pod");
            sidecar.send(abort);
            TestingLauncher.Message message = launcher.read();
            assertThat(message.type()).isEqualTo(2);
            assertThat(message.payload()[0]).isEqualTo((byte) 125);
            assertThat(message.text()).endsWith("no pod");
        }
    }

    @Test
    void anAgentThatStaysAwayEndsTheSession() throws Exception {
        try (TestingSidecar sidecar = sidecar();
                TestingLauncher launcher = sidecar.launcher(MAIN)) {
            sidecar.connected();
            launcher.read();
            sidecar.agent.close();
            assertThat(sidecar.await("failed", 40).path("text").asText())
                    .startsWith("the connection to the agent is lost");
            assertThat(launcher.read().type()).isEqualTo(3);
        }
    }

    @Test
    void whenTheFirstAgentGoesTheNextTakesOver() throws Exception {
        try (TestingSidecar sidecar = sidecar();
                TestingLauncher launcher = sidecar.launcher(MAIN);
                TestingAgent second =
                        new TestingAgent(
                                sidecar.directory.resolve("run/host/relay-2.sock"),
                                sidecar.identity.fingerprint())) {
            sidecar.connected();
            launcher.read();
            sidecar.send(
                    Json.message("agent")
                            .put("agent", "2")
                            .put("pod", "web-2")
                            .put("certificateSha256", second.identity.fingerprint().hex()));
            awaitTunnels(second);
            sidecar.agent.close();
            assertThat(helloOf(sidecar)).isEqualTo("b'hello\\n'");
            assertThat(sidecar.await("notice").path("text").asText())
                    .contains("go through pod web-2 now");
            assertThat(sidecar.await("agentLost", 10).path("agent").asText()).isEqualTo("1");
        }
    }

    @Test
    void anotherAgentTakesOver() throws Exception {
        try (TestingSidecar sidecar = sidecar();
                TestingLauncher launcher = sidecar.launcher(MAIN)) {
            sidecar.connected();
            launcher.read();
            sidecar.agent.tunnels.clear();
            sidecar.send(
                    Json.message("agent")
                            .put("certificateSha256", sidecar.agent.identity.fingerprint().hex()));
            awaitTunnels(sidecar.agent);
            assertThat(helloOf(sidecar)).isEqualTo("b'hello\\n'");
        }
    }

    @Test
    void connectionsWaitUntilTheTargetIsKnown() throws Exception {
        try (TestingSidecar sidecar = sidecar()) {
            CompletableFuture<Void> answering = new CompletableFuture<>();
            sidecar.agent.answering = answering;
            Process early =
                    TestingNamespace.start(
                            sidecar.namespace.app,
                            "/usr/bin/python3",
                            "-c",
                            """
                            import errno,select,socket
                            class Connect:
                                def __init__(self, address, port):
                                    self.s=socket.socket(); self.s.setblocking(False); self.s.connect_ex((address,port))
                                def result(self):
                                    select.select([],[self.s],[],10)
                                    e=self.s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                                    return errno.errorcode[e] if e else self.s.getpeername()[0]
                            own=Connect('127.0.0.1',8080); far=Connect('10.1.1.1',7)
                            print('begun',flush=True)
                            print(own.result(), far.result())
                            """);
            assertThat(early.inputReader().readLine()).isEqualTo("begun");
            sidecar.introduceAgent(8080);
            awaitTunnels(sidecar.agent);
            // Longer than the kernel waits before it sends a SYN again.
            Thread.sleep(1_500);
            assertThat(sidecar.agent.asked).isEmpty();
            answering.complete(null);
            sidecar.await("connected");
            assertThat(early.inputReader().readLine()).isEqualTo("ECONNREFUSED 10.1.1.1");
            assertThat(sidecar.agent.asked).hasSize(1);
        }
    }

    private static void awaitTunnels(TestingAgent agent) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (agent.tunnels.size() < 2) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.onSpinWait();
        }
    }

    private static String helloOf(TestingSidecar sidecar) throws Exception {
        return sidecar.namespace.python(
                "import socket\n"
                        + "s=socket.create_connection(('10.1.1.1',22),5)\n"
                        + "print(s.recv(10))");
    }
}
