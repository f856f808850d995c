package dev.mirrord.session.kubernetes.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.KubeconfigFile.Entry;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a client-go credential plugin (kubernetes.io, "client-go credential plugins"): the command
 * of {@code user.exec} prints an ExecCredential with a token or a client certificate.
 */
record ExecCredential(
        @Nullable String token,
        Identity.@Nullable ClientCertificate certificate,
        @Nullable Instant expires) {

    static ExecCredential run(Entry user, Entry cluster, Map<String, String> environment) {
        Entry exec = new Entry(user.map("exec"), user.file());
        String command = exec.text("command");
        try {
            ProcessBuilder builder = new ProcessBuilder(argv(exec, command));
            builder.environment().clear();
            builder.environment().putAll(environment);
            if (exec.settings().get("env") instanceof List<?> variables) {
                for (Object variable : variables) {
                    if (variable instanceof Map<?, ?> pair) {
                        builder.environment()
                                .put(
                                        String.valueOf(pair.get("name")),
                                        String.valueOf(pair.get("value")));
                    }
                }
            }
            builder.environment().put("KUBERNETES_EXEC_INFO", information(exec, cluster));
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            Process process = builder.start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw failure(exec, command, "it exited with " + code, null);
            }
            return parse(Json.MAPPER.readTree(output));
        } catch (JsonProcessingException failure) {
            throw failure(exec, command, "it did not print an ExecCredential", failure);
        } catch (IOException failure) {
            throw failure(exec, command, String.valueOf(failure.getMessage()), failure);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw failure(exec, command, "interrupted", failure);
        }
    }

    private static List<String> argv(Entry exec, String command) {
        List<String> argv = new ArrayList<>();
        Path beside = exec.path("command");
        boolean relative = command.contains(File.separator) && beside != null;
        argv.add(relative ? String.valueOf(beside) : command);
        argv.addAll(exec.list("args"));
        return argv;
    }

    private static String information(Entry exec, Entry cluster) {
        ObjectNode root = Json.MAPPER.createObjectNode();
        root.put("apiVersion", exec.text("apiVersion"));
        root.put("kind", "ExecCredential");
        ObjectNode spec = root.putObject("spec");
        spec.put("interactive", false);
        if (exec.flag("provideClusterInfo")) {
            spec.set("cluster", Json.MAPPER.valueToTree(cluster.settings()));
        }
        return root.toString();
    }

    private static ExecCredential parse(JsonNode answer) {
        JsonNode status = answer.path("status");
        String token = status.path("token").asText("");
        String chain = status.path("clientCertificateData").asText("");
        String key = status.path("clientKeyData").asText("");
        Identity.ClientCertificate certificate =
                chain.isEmpty() ? null : new Identity.ClientCertificate(chain, key);
        return new ExecCredential(
                token.isEmpty() ? null : token,
                certificate,
                instant(status.path("expirationTimestamp").asText("")));
    }

    private static @Nullable Instant instant(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeParseException notRfc3339) {
            return null;
        }
    }

    private static ClusterFailure failure(
            Entry exec, String command, String why, @Nullable Exception cause) {
        String hint = exec.text("installHint");
        return new ClusterFailure(
                Kind.UNAUTHENTICATED,
                "the kubeconfig's credential plugin " + command + " failed",
                why,
                hint.isEmpty() ? "run it by hand to see what it needs" : hint.strip(),
                cause);
    }

    @Override
    public String toString() {
        return "ExecCredential[***]";
    }
}
