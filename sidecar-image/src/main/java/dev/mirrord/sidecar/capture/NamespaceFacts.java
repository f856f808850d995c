package dev.mirrord.sidecar.capture;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What the engine gave the namespace.
 *
 * @param addresses of the interfaces but the loopback
 * @param subnets connected ones
 * @param gateways of the IPv4 default routes: the engine's host
 */
public record NamespaceFacts(
        List<InetAddress> addresses, List<Prefix> subnets, List<InetAddress> gateways) {
    private static final Path ROUTES = Path.of("/proc/self/net/route");

    public static NamespaceFacts read() throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        List<Prefix> subnets = new ArrayList<>();
        for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
            if (device.isLoopback()) {
                continue;
            }
            for (InterfaceAddress address : device.getInterfaceAddresses()) {
                if (!address.getAddress().isLinkLocalAddress()) {
                    addresses.add(address.getAddress());
                    subnets.add(new Prefix(address.getAddress(), address.getNetworkPrefixLength()));
                }
            }
        }
        return new NamespaceFacts(
                List.copyOf(addresses),
                List.copyOf(subnets),
                gateways(Files.exists(ROUTES) ? Files.readAllLines(ROUTES) : List.of()));
    }

    /** An IPv4 address of the container itself, where it has one. */
    public Optional<InetAddress> ownIpv4() {
        return addresses.stream().filter(Inet4Address.class::isInstance).findFirst();
    }

    static List<InetAddress> gateways(List<String> lines) throws IOException {
        List<InetAddress> gateways = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.split("\\s+");
            if (fields.length > 7
                    && fields[1].equals("00000000")
                    && fields[7].equals("00000000")
                    && !fields[2].equals("00000000")) {
                byte[] little = HexFormat.of().parseHex(fields[2]);
                byte[] address = {little[3], little[2], little[1], little[0]};
                gateways.add(InetAddress.getByAddress(address));
            }
        }
        return List.copyOf(gateways);
    }
}
