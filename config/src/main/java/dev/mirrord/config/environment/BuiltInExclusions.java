package dev.mirrord.config.environment;

import java.util.List;
import java.util.stream.Stream;

/** Variables of the target that the app never gets: the app keeps its own image's. */
final class BuiltInExclusions {
    /** They describe an image's file system or its language runtime, not the workload. */
    private static final List<String> IMAGE =
            List.of(
                    "BUNDLE*",
                    "BUNDLER*",
                    "CATALINA_HOME",
                    "CLASSPATH",
                    "DOTNET_EnableDiagnostics",
                    "DOTNET_STARTUP_HOOKS",
                    "GEM_HOME",
                    "GEM_PATH",
                    "GOPATH",
                    "GOMODCACHE",
                    "HOME",
                    "HOMEPATH",
                    "JAVA_EXE",
                    "JAVA_HOME",
                    "JAVA_TOOL_OPTIONS",
                    "PATH",
                    "PWD",
                    "PYTHONPATH",
                    "RUBYLIB",
                    "RUBYOPT",
                    "RUST_LOG",
                    "_JAVA_OPTIONS");

    /** They steer the dynamic loader, with paths of the target's image. */
    private static final List<String> LOADER = List.of("LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD");

    /** A shell's or a terminal's state, should the target have been started from one. */
    private static final List<String> SHELL = List.of("OLDPWD", "SHLVL", "TERM", "_");

    /** Our own, should the target itself run under mirrord. */
    private static final List<String> OURS =
            List.of(
                    "MIRRORD_AGENT_*",
                    "MIRRORD_CONFIG_FILE",
                    "MIRRORD_IMPERSONATED_TARGET",
                    "MIRRORD_KEY",
                    "MIRRORD_KUBECONFIG",
                    "MIRRORD_KUBE_CONTEXT",
                    "MIRRORD_LAYER_*",
                    "MIRRORD_LOG",
                    "MIRRORD_OVERRIDE_*",
                    "MIRRORD_PROGRESS_MODE",
                    "MIRRORD_RESOLVED_CONFIG",
                    "MIRRORD_TARGET_NAMESPACE");

    private static final List<NamePattern> ALL =
            Stream.of(IMAGE, LOADER, SHELL, OURS)
                    .flatMap(List::stream)
                    .map(NamePattern::of)
                    .toList();

    private BuiltInExclusions() {}

    static boolean contain(byte[] name) {
        return ALL.stream().anyMatch(pattern -> pattern.matches(name));
    }
}
