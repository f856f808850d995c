package dev.mirrord.config.filter;

public enum Transport {
    TCP,
    UDP
}
