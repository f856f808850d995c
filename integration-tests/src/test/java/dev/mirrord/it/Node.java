package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** Looks into the cluster's one node, which is a container of the engine. */
final class Node {
    private static final String NODE =
            System.getenv().getOrDefault("MIRRORD_NODE_NAME", "mirrord-node");

    private static final String AGENT = "mirrord-agent:0.1.0";

    private Node() {}

    /**
     * The nftables rules in the network namespace of the shop's web pod; empty if there are none.
     */
    static String rulesOfWeb() {
        return inWeb("nft", "list", "ruleset");
    }

    /** The same of a pod that a selector finds first. */
    static String rulesOf(String selector) {
        return in(process("-n", "shop", "-l", selector), "nft", "list", "ruleset");
    }

    /** The policy rules there, IPv4 and IPv6. */
    static String policyRulesOfWeb() {
        return inWeb("ip", "rule") + inWeb("ip", "-6", "rule");
    }

    /** The node itself has no nft; the agent's image has. */
    private static String inWeb(String... command) {
        return in(processOfWeb(), command);
    }

    private static String in(String process, String... command) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "run",
                                "--rm",
                                "--pid",
                                "container:" + NODE,
                                "--cap-add",
                                "SYS_ADMIN",
                                "--cap-add",
                                "NET_ADMIN",
                                "--cap-add",
                                "SYS_PTRACE",
                                "--entrypoint",
                                "nsenter",
                                AGENT,
                                "-t",
                                process,
                                "-n"));
        words.addAll(List.of(command));
        return Command.docker(words.toArray(String[]::new)).orFail().out();
    }

    /** Ends the process of a session's agent in the way that it cannot notice. */
    static void killAgent(String session) {
        run("kill", "-KILL", process("-A", "-l", "dev.mirrord/session=" + session));
    }

    /** The same of the agent of one Job. */
    static void killAgentOfJob(String job) {
        run("kill", "-KILL", process("-A", "-l", "job-name=" + job));
    }

    /** Has the kubelet restart the container of the selected pod. */
    static void killContainer(String selector) {
        run("kill", "-KILL", process("-n", "shop", "-l", selector));
    }

    private static String processOfWeb() {
        return process("-n", "shop", "-l", "app=web");
    }

    /** The first process of the first container of the selected pod. */
    private static String process(String... selector) {
        String[] words = new String[selector.length + 4];
        words[0] = "get";
        words[1] = "pods";
        System.arraycopy(selector, 0, words, 2, selector.length);
        words[words.length - 2] = "-o";
        words[words.length - 1] =
                "jsonpath={range .items[0].status.containerStatuses[*]}{.name}={.containerID}{\"\\n"
                        + "\"}{end}";
        String container =
                Command.kubectl(words)
                        .orFail()
                        .out()
                        .lines()
                        .filter(line -> !line.startsWith("cache="))
                        .map(line -> line.substring(line.lastIndexOf('/') + 1))
                        .findFirst()
                        .orElseThrow();
        String pid =
                run("ctr", "-n", "k8s.io", "task", "ls")
                        .lines()
                        .filter(line -> line.startsWith(container))
                        .map(line -> line.split("\\s+")[1])
                        .findFirst()
                        .orElseThrow();
        assertThat(pid).matches("[1-9][0-9]+");
        return pid;
    }

    private static String run(String... command) {
        String[] words = new String[command.length + 2];
        words[0] = "exec";
        words[1] = NODE;
        System.arraycopy(command, 0, words, 2, command.length);
        return Command.docker(words).orFail().out();
    }
}
