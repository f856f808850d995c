package dev.mirrord.config;

import java.util.Optional;

/** A seccomp or AppArmor profile as a pod's security context names it. */
public record SecurityProfile(String type, Optional<String> localhostProfile) {}
