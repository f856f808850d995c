package dev.mirrord.agent;

import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.target.TargetFinder;
import dev.mirrord.protocol.tls.TunnelTls;

/**
 * The agent's entry: says in one line of JSON on standard output that it is ready, or why it cannot
 * be.
 */
public final class AgentMain {
    private AgentMain() {}

    public static void main(String... arguments) throws InterruptedException {
        if (arguments.length == 1 && arguments[0].equals("--self-test")) {
            System.exit(SelfTest.run());
        }
        TunnelTls.preload();
        Agent agent;
        try {
            AgentOptions options = AgentOptions.parse(arguments);
            Target target = TargetFinder.find(options.containerId());
            agent = new Agent(options, target);
            int port = agent.listen(options.port());
            System.out.println(
                    "{\"mirrord\":\"ready\",\"protocol\":1,\"port\":%d,\"certificateSha256\":\"%s\"}"
                            .formatted(port, agent.fingerprint()));
        } catch (AgentFailure e) {
            System.out.println(
                    "{\"mirrord\":\"failed\",\"text\":"
                            + JsonText.quote(String.valueOf(e.getMessage()))
                            + "}");
            System.exit(1);
            return;
        }
        agent.serve();
    }
}
