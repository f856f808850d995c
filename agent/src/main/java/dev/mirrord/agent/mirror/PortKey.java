package dev.mirrord.agent.mirror;

import dev.mirrord.protocol.PortProtocol;

/** Names a port of the target of which copies are made. */
record PortKey(PortProtocol protocol, int number) {
    static PortKey tcp(int number) {
        return new PortKey(PortProtocol.TCP, number);
    }

    static PortKey udp(int number) {
        return new PortKey(PortProtocol.UDP, number);
    }
}
