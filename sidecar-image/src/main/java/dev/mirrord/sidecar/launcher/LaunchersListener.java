package dev.mirrord.sidecar.launcher;

/** Hears of launchers; called on event loops. */
public interface LaunchersListener {
    void onLauncher(LauncherRole role, long pid);

    /** A launcher that keeps an app has gone. */
    void onGone(int remaining);
}
