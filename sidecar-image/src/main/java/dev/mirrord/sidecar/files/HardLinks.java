package dev.mirrord.sidecar.files;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Files with several names are several files for the kernel: when one is changed here, the kernel
 * has to forget what it knows of the others before the change is answered.
 */
final class HardLinks {
    private final NodeTree tree;
    private final FuseOutput kernel;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().name("files-links").daemon().unstarted(task));

    HardLinks(NodeTree tree, FuseOutput kernel) {
        this.tree = tree;
        this.kernel = kernel;
    }

    /** Runs {@code answer} when the other names of {@code node} are as fresh as this one. */
    void changed(Node node, Runnable answer) {
        if (node.attributes.links() < 2 || node.attributes.isDirectory()) {
            answer.run();
        } else {
            changedAll(tree.others(node), answer);
        }
    }

    /** A name more: {@code node} did not have several before. */
    void linked(Node node, Runnable answer) {
        List<Node> all = tree.others(node);
        all.add(node);
        changedAll(all, answer);
    }

    private void changedAll(List<Node> others, Runnable answer) {
        synchronized (tree) {
            for (Node other : others) {
                OpenFiles.written(other);
            }
        }
        thread.execute(
                () -> {
                    others.forEach(other -> kernel.forget(other.id));
                    answer.run();
                });
    }
}
