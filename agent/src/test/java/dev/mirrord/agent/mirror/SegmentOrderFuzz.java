package dev.mirrord.agent.mirror;

/** Jazzer's target: its bytes are the choices of a {@link ShuffledStream}. */
public final class SegmentOrderFuzz {
    private SegmentOrderFuzz() {}

    public static void fuzzerTestOneInput(byte[] choices) {
        new ShuffledStream(choices)
                .failure()
                .ifPresent(
                        text -> {
                            throw new AssertionError(text);
                        });
    }
}
