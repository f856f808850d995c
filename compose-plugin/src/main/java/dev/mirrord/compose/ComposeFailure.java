package dev.mirrord.compose;

/** Says what cannot be done, why, and what to do. */
final class ComposeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ComposeFailure(String message) {
        super(message);
    }
}
