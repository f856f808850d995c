package dev.mirrord.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.SidecarConfig;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.RunFlag;
import dev.mirrord.session.docker.rewrite.ImageConfig;
import dev.mirrord.session.docker.rewrite.NetworkAttachment;
import dev.mirrord.session.docker.rewrite.Rewrite;
import dev.mirrord.session.docker.rewrite.UserEnvironment;
import dev.mirrord.session.sidecar.SidecarControl;
import java.util.List;

/** The first message to the sidecar: all that it has to know, the session's key among it. */
final class Bootstrap {
    static final int TUNNELS = 2;

    private Bootstrap() {}

    static ObjectNode message(
            SessionId id,
            SessionRequest request,
            SidecarConfig config,
            ContainerCommand command,
            Rewrite rewrite,
            ImageConfig image,
            SessionIdentity identity,
            List<String> engineNameservers,
            boolean relaySocket) {
        ObjectNode message =
                SidecarControl.message("bootstrap")
                        .put("protocol", 1)
                        .put("session", id.value())
                        .put("identity", identity.toPem())
                        .put("tunnels", TUNNELS)
                        .put("relaySocket", relaySocket)
                        .put("files", TargetFiles.wanted(request.config()))
                        .put(
                                "replicas",
                                request.config().target().filter(Replicas::mayChange).isPresent())
                        .put("dnsUpstream", EngineSide.DNS_UPSTREAM)
                        .put("config", config.toJson());
        add(
                message,
                "userEnvironment",
                List.copyOf(UserEnvironment.names(command, System.getenv())));
        add(
                message,
                "networks",
                rewrite.sidecar().networks().stream()
                        .filter(NetworkAttachment::userDefined)
                        .map(NetworkAttachment::name)
                        .toList());
        add(message, "engineNameservers", engineNameservers);
        List<String> own = rewrite.nameservers();
        add(message, "nameservers", own.isEmpty() ? HostNameservers.find() : own);
        add(message, "searchDomains", command.all(RunFlag.DNS_SEARCH));
        add(message, "resolverOptions", command.all(RunFlag.DNS_OPTION));
        add(message, "hostGatewayNames", rewrite.sidecar().hostGatewayNames());
        ArrayNode debuggers = message.putArray("debuggerPorts");
        DebuggerPorts.of(rewrite.program(), image.environment()).forEach(debuggers::add);
        DebuggerPorts.of(List.of(), command.all(RunFlag.ENV)).forEach(debuggers::add);
        return message;
    }

    private static void add(ObjectNode message, String field, List<String> texts) {
        ArrayNode array = message.putArray(field);
        texts.forEach(array::add);
    }
}
