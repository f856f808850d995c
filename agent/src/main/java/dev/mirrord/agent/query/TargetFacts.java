package dev.mirrord.agent.query;

import dev.mirrord.agent.target.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Names and network of the target, as the sidecar will show them to the app. */
final class TargetFacts {
    private TargetFacts() {}

    static Map<String, Object> of(Target target) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("hostname", hostname(target));
        facts.put("resolvConf", textOrEmpty(target.file("/etc/resolv.conf")));
        facts.put("hosts", textOrEmpty(target.file("/etc/hosts")));
        List<String> addresses =
                new ArrayList<>(ProcNet.ipv4(textOrEmpty(target.proc("net/fib_trie"))));
        addresses.addAll(ProcNet.ipv6(textOrEmpty(target.proc("net/if_inet6"))));
        facts.put("addresses", addresses);
        Map<Long, Integer> listening =
                new HashMap<>(ProcNet.listening(textOrEmpty(target.proc("net/tcp"))));
        listening.putAll(ProcNet.listening(textOrEmpty(target.proc("net/tcp6"))));
        facts.put("listening", new TreeSet<>(listening.values()));
        if (target.containerId().isPresent()) {
            facts.put("ownListening", OwnPorts.of(target.containerId().get(), listening));
        }
        target.pid().ifPresent(pid -> facts.put("pid", pid));
        return facts;
    }

    /** /etc/hostname is the kubelet's; a pod without it still has HOSTNAME. */
    private static String hostname(Target target) throws IOException {
        String name = textOrEmpty(target.file("/etc/hostname")).strip();
        if (!name.isEmpty()) {
            return name;
        }
        for (String variable : textOrEmpty(target.proc("environ")).split("\0")) {
            if (variable.startsWith("HOSTNAME=")) {
                return variable.substring("HOSTNAME=".length());
            }
        }
        return "";
    }

    private static String textOrEmpty(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
