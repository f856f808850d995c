package dev.mirrord.agent.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerSearchTest {
    private static final String ID =
            "6708879c707b5a40586b7e5eae1960eb6708879c707b5a40586b7e5eae1960eb";

    @TempDir Path proc;

    private void process(long pid, String cgroup, String innermost, long started) throws Exception {
        Path directory = Files.createDirectory(proc.resolve(Long.toString(pid)));
        Files.writeString(directory.resolve("cgroup"), cgroup + "\n");
        Files.writeString(directory.resolve("status"), "Name:\tx\nNSpid:\t" + innermost + "\n");
        Files.writeString(
                directory.resolve("stat"),
                pid + " (a) name) S " + "0 ".repeat(18) + started + " 0 0\n");
    }

    @Test
    void pathsOfAllRuntimesAreKnown() {
        for (String line :
                new String[] {
                    "0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-" + ID + ".scope",
                    "0::/../../../kubepods/besteffort/pod1/" + ID,
                    "9:name=systemd:/kubepods/pod1/" + ID,
                    "5:devices:/system.slice/docker-" + ID + ".scope",
                    "0::/kubepods.slice/crio-" + ID + ".scope/container",
                    "3:cpu,cpuacct:/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:"
                            + ID
                }) {
            assertThat(ContainerSearch.isIn(ID, line)).as(line).isTrue();
        }
        assertThat(ContainerSearch.isIn(ID, "0::/kubepods/pod1/f" + ID)).isFalse();
        assertThat(ContainerSearch.isIn(ID, "0::/crio-conmon-x" + ID + ".scope")).isFalse();
        assertThat(ContainerSearch.isIn(ID, "0::/")).isFalse();
    }

    @Test
    void theInitIsFoundEvenWhenAnOlderNumberWasTaken() throws Exception {
        process(100, "0::/kubepods/pod1/" + ID, "100\t7", 50);
        process(200, "0::/kubepods/pod1/" + ID, "200\t1", 40);
        process(300, "0::/kubepods/pod1/other", "300\t1", 10);
        assertThat(new ContainerSearch(proc).find(ID)).hasValue(200);
    }

    @Test
    void withoutInitTheOldestIsTaken() throws Exception {
        process(30, "0::/kubepods/pod1/" + ID, "30", 900);
        process(40, "0::/kubepods/pod1/" + ID, "40", 800);
        assertThat(new ContainerSearch(proc).find(ID)).hasValue(40);
    }

    @Test
    void nothingIsFoundWhereNothingIs() throws Exception {
        process(30, "0::/", "30", 900);
        assertThat(new ContainerSearch(proc).find(ID)).isEmpty();
    }
}
