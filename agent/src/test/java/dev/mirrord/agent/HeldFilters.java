package dev.mirrord.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Builds of the agent side by side at one target, each with a filter on a port of its own, until
 * standard input ends: what {@code bench/unmatched} asks through. No cluster, only namespaces.
 */
final class HeldFilters {
    private static final int FIRST_PORT = 8091;
    private static final String FILTER = "{\"match\":{\"header\":\"^x-user: alice$\"}}";

    private HeldFilters() {}

    /**
     * @param trees checkouts that are built
     */
    public static void main(String[] trees) throws Exception {
        List<TestingAgent> agents = new ArrayList<>();
        try (TestingNamespaces namespaces = new TestingNamespaces()) {
            ObjectNode said = new ObjectMapper().createObjectNode();
            said.put("target", namespaces.target).put("client", namespaces.client);
            said.put("address", TestingNamespaces.TARGET);
            for (String tree : trees) {
                int port = FIRST_PORT + agents.size();
                TestingAgent agent =
                        new TestingAgent(
                                program(Path.of(tree)),
                                "--target-container-id",
                                namespaces.containerId);
                agents.add(agent);
                agent.subscribe(port, "steal", FILTER).accepted.get(20, TimeUnit.SECONDS);
                said.withArray("agents")
                        .addObject()
                        .put("port", port)
                        .put("pid", agent.process.pid());
            }
            System.out.println(said);
            System.in.transferTo(System.err);
        } finally {
            for (TestingAgent agent : agents) {
                agent.close();
            }
        }
    }

    /** As in the image, but for the class cache. */
    private static List<String> program(Path tree) throws Exception {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        for (String flag : Files.readAllLines(tree.resolve("agent/jvm-flags"))) {
            if (!flag.contains("=/mirrord/lib")) {
                words.add(flag);
            }
        }
        words.addAll(List.of(System.getProperty("mirrord.bench.flags", "").split(" ")));
        words.removeIf(String::isEmpty);
        String classes = "";
        for (String module : List.of("agent", "protocol", "linux")) {
            classes += tree.resolve(module + "/target/classes") + ":";
        }
        words.addAll(
                List.of(
                        "-cp",
                        classes + tree.resolve("agent/target/lib/*"),
                        AgentMain.class.getName()));
        return words;
    }
}
