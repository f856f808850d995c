package dev.mirrord.sidecar.files;

/** What every part of the file system works with. */
record Services(
        NodeTree tree, AgentFiles agent, FuseOutput kernel, HardLinks links, NodeLimit limit) {}
