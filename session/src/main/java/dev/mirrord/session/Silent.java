package dev.mirrord.session;

/** Says nothing. */
final class Silent implements SessionOutput {
    @Override
    public void notice(String text) {}

    @Override
    public void detail(String text) {}
}
