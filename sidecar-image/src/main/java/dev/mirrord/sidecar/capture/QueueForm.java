package dev.mirrord.sidecar.capture;

/** How new connections are held; which one works is found by trying. */
public enum QueueForm {
    /** nftables' own queue expression. */
    NFTABLES,
    /** xtables' NFQUEUE through nf_tables. */
    IPTABLES_NFT,
    /** xtables' NFQUEUE of old; its tool needs CAP_NET_RAW. */
    IPTABLES_LEGACY,
    /** Nothing is held: connections are accepted first and reset later. */
    NONE
}
