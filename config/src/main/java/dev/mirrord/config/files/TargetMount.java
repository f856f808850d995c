package dev.mirrord.config.files;

/**
 * A volume of the target.
 *
 * @param fixed true for one that the target itself may not write to
 */
public record TargetMount(String path, boolean fixed) {}
