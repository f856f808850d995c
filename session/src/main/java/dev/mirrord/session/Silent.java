package dev.mirrord.session;

/** Says nothing. */
public final class Silent implements SessionOutput {
    @Override
    public void notice(String text) {}

    @Override
    public void detail(String text) {}
}
