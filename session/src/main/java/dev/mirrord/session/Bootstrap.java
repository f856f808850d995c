package dev.mirrord.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
            ContainerCommand command,
            Rewrite rewrite,
            ImageConfig image,
            SessionIdentity identity,
            boolean relaySocket) {
        ObjectNode message =
                SidecarControl.message("bootstrap")
                        .put("protocol", 1)
                        .put("session", id.value())
                        .put("identity", identity.toPem())
                        .put("tunnels", TUNNELS)
                        .put("relaySocket", relaySocket)
                        .put("dnsUpstream", EngineSide.DNS_UPSTREAM)
                        .put("config", request.config().sidecar().toJson());
        ArrayNode names = message.putArray("userEnvironment");
        UserEnvironment.names(command, System.getenv()).forEach(names::add);
        ArrayNode networks = message.putArray("networks");
        for (NetworkAttachment network : rewrite.sidecar().networks()) {
            if (!List.of("default", "bridge").contains(network.name())) {
                networks.add(network.name());
            }
        }
        ArrayNode nameservers = message.putArray("nameservers");
        List<String> own = rewrite.nameservers();
        (own.isEmpty() ? HostNameservers.find() : own).forEach(nameservers::add);
        ArrayNode debuggers = message.putArray("debuggerPorts");
        DebuggerPorts.of(rewrite.program(), image.environment()).forEach(debuggers::add);
        DebuggerPorts.of(List.of(), command.all(RunFlag.ENV)).forEach(debuggers::add);
        return message;
    }
}
