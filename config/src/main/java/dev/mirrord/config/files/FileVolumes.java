package dev.mirrord.config.files;

/** {@code feature.fs.volumes}: whether the target's volumes are mounts in the app's container. */
public enum FileVolumes {
    OFF,
    READ,
    /** Where the target may. */
    WRITE
}
