package dev.mirrord.sidecar.files;

import dev.mirrord.protocol.files.DirectoryEntry;
import java.util.List;

/**
 * What a directory held when it was opened.
 *
 * @param until when the entries stop to count
 */
record DirectoryHandle(Node node, List<DirectoryEntry> entries, long until) {}
