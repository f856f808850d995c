package dev.mirrord.session;

import dev.mirrord.protocol.PortProtocol;
import java.util.Locale;
import java.util.Optional;

/** A port of the target whose traffic is printed: {@code 80}, {@code 80/tcp} or {@code 53/udp}. */
public record DumpPort(int number, PortProtocol protocol) {
    private static final int LARGEST = 65_535;

    static DumpPort tcp(int number) {
        return new DumpPort(number, PortProtocol.TCP);
    }

    /** Reads what the user wrote. */
    public static DumpPort parse(String text) {
        String[] parts = text.strip().toLowerCase(Locale.ROOT).split("/", 2);
        Optional<PortProtocol> protocol =
                PortProtocol.of(parts.length == 1 ? PortProtocol.TCP.text() : parts[1]);
        int number = parts[0].matches("[0-9]{1,5}") ? Integer.parseInt(parts[0]) : 0;
        if (number < 1 || number > LARGEST) {
            throw new SessionFailure("-p " + text + ": ports are 1 to " + LARGEST);
        }
        return new DumpPort(
                number,
                protocol.orElseThrow(
                        () ->
                                new SessionFailure(
                                        "-p " + text + ": a port is PORT, PORT/tcp or PORT/udp")));
    }

    @Override
    public String toString() {
        return switch (protocol) {
            case TCP -> Integer.toString(number);
            case UDP -> number + "/udp";
        };
    }
}
