package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.KubeconfigFile.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who the user is, asked for again when it expires or is refused: token files are re-read once a
 * minute as client-go does, plugins run again at their {@code expirationTimestamp}. Blocks: never
 * called on an event loop.
 */
final class Credentials {

    private static final Duration TOKEN_FILE_AGE = Duration.ofMinutes(1);

    private final Kubeconfig kubeconfig;
    private final Map<String, String> environment;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Identity current;

    Credentials(Kubeconfig kubeconfig, Map<String, String> environment) {
        this.kubeconfig = kubeconfig;
        this.environment = environment;
    }

    Identity identity() {
        lock.lock();
        try {
            Identity known = current;
            boolean valid =
                    known != null
                            && (known.expires() == null || Instant.now().isBefore(known.expires()));
            if (known == null || !valid) {
                known = load();
                current = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** The API server said 401 to {@code refused}; true when asking again may help. */
    boolean renew(Identity refused) {
        Entry user = kubeconfig.user();
        if (user.map("exec").isEmpty() && user.text("tokenFile").isEmpty()) {
            return false;
        }
        lock.lock();
        try {
            if (refused.equals(current)) {
                current = null;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Identity load() {
        Entry user = kubeconfig.user();
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        Identity.ClientCertificate certificate = clientCertificate(user);
        Instant expires = null;
        String token = user.text("token");
        Path tokenFile = user.path("tokenFile");
        if (tokenFile != null) {
            token = read(tokenFile, "token file").strip();
            expires = Instant.now().plus(TOKEN_FILE_AGE);
        } else if (token.isEmpty() && !user.map("exec").isEmpty()) {
            ExecCredential plugin = ExecCredential.run(user, kubeconfig.cluster(), environment);
            token = plugin.token() == null ? "" : plugin.token();
            certificate = plugin.certificate() == null ? certificate : plugin.certificate();
            expires = plugin.expires();
        } else if (token.isEmpty()) {
            token = providerToken(user);
        }
        if (!token.isEmpty()) {
            headers.add(Map.entry("Authorization", "Bearer " + token));
        } else if (!user.text("username").isEmpty()) {
            headers.add(Map.entry("Authorization", basic(user)));
        }
        impersonate(user, headers);
        return new Identity(List.copyOf(headers), certificate, expires);
    }

    private static String basic(Entry user) {
        String pair = user.text("username") + ":" + user.text("password");
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** The legacy {@code auth-provider}: what it stored last. */
    private static String providerToken(Entry user) {
        Entry provider = new Entry(user.map("auth-provider"), user.file());
        Entry config = new Entry(provider.map("config"), user.file());
        String token = config.text("id-token");
        return token.isEmpty() ? config.text("access-token") : token;
    }

    private static void impersonate(Entry user, List<Map.Entry<String, String>> headers) {
        if (!user.text("as").isEmpty()) {
            headers.add(Map.entry("Impersonate-User", user.text("as")));
        }
        if (!user.text("as-uid").isEmpty()) {
            headers.add(Map.entry("Impersonate-Uid", user.text("as-uid")));
        }
        for (String group : user.list("as-groups")) {
            headers.add(Map.entry("Impersonate-Group", group));
        }
        Entry extra = new Entry(user.map("as-user-extra"), user.file());
        for (Object key : extra.settings().keySet()) {
            for (String value : extra.list(key.toString())) {
                headers.add(Map.entry("Impersonate-Extra-" + key, value));
            }
        }
    }

    private static Identity.@Nullable ClientCertificate clientCertificate(Entry user) {
        String chain = data(user, "client-certificate");
        String key = data(user, "client-key");
        return chain == null || key == null ? null : new Identity.ClientCertificate(chain, key);
    }

    /** The text in base64 of {@code KEY-data}, else in the file of {@code KEY}, else null. */
    static @Nullable String data(Entry entry, String key) {
        String inline = entry.text(key + "-data");
        if (!inline.isEmpty()) {
            byte[] decoded = Base64.getMimeDecoder().decode(inline);
            return new String(decoded, StandardCharsets.ISO_8859_1);
        }
        Path file = entry.path(key);
        return file == null ? null : read(file, key);
    }

    private static String read(Path file, String what) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new ClusterFailure(
                    Kind.CONFIGURATION,
                    "the kubeconfig's " + what + " " + file + " cannot be read",
                    failure.getClass().getSimpleName(),
                    "repair the kubeconfig or log in again",
                    failure);
        }
    }
}
