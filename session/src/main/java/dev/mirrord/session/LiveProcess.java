package dev.mirrord.session;

import java.time.Instant;
import java.util.Optional;

/**
 * A process by its number and start, which tell it from a later one of the same number.
 *
 * @param start milliseconds since 1970; 0 where the system does not say
 */
public record LiveProcess(long number, long start) {
    public static LiveProcess of(ProcessHandle process) {
        return new LiveProcess(
                process.pid(), process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }

    /** The process itself; empty when it has ended. */
    public Optional<ProcessHandle> find() {
        return ProcessHandle.of(number).filter(found -> of(found).equals(this));
    }
}
