package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.files.FileEngine;
import dev.mirrord.config.files.FileMode;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.files.FileVolumes;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetFilesTest {
    @Test
    void theSidecarKeepsWhatItNeedsAndNoMore() {
        assertThat(TargetFiles.capabilities(FileRules.NONE)).containsExactly("NET_ADMIN");
        assertThat(TargetFiles.capabilities(FileRules.NONE.with(FileMode.READ)))
                .containsExactly("NET_ADMIN", "SYS_ADMIN");
        assertThat(TargetFiles.capabilities(volumes()))
                .containsExactly("NET_ADMIN", "SYS_ADMIN", "SYS_CHROOT", "DAC_OVERRIDE");
    }

    private static FileRules volumes() {
        return new FileRules(
                FileMode.LOCAL,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new LinkedHashMap<>(),
                FileEngine.AUTO,
                true,
                FileVolumes.READ);
    }
}
