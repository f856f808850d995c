package dev.mirrord.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.linux.file.FileUser;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetUserTest {
    @Test
    void theFileSystemIdentityAndTheCapabilitiesOfFilesAreTaken() throws IOException {
        FileUser user =
                TargetUser.parse(
                        List.of(
                                "Name:\tapp",
                                "Uid:\t1\t2\t3\t1000",
                                "Gid:\t4\t5\t6\t2000",
                                "Groups:\t10 20 4294967294 ",
                                "CapEff:\t00000000a80425fb"));
        assertThat(user).isEqualTo(new FileUser(1000, 2000, List.of(10, 20, -2), 0x8000001bL));
    }

    @Test
    void aTargetWithoutGroupsHasNone() throws IOException {
        List<String> status = List.of("Uid: 0 0 0 0", "Gid: 0 0 0 0", "Groups: ", "CapEff: 0");
        assertThat(TargetUser.parse(status)).isEqualTo(new FileUser(0, 0, List.of(), 0));
    }

    @Test
    void aStatusWithoutAUserIsNoUser() {
        assertThatThrownBy(() -> TargetUser.parse(List.of("Name:\tx")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Groups");
    }
}
