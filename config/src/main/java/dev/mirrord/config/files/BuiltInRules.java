package dev.mirrord.config.files;

import dev.mirrord.config.files.Rule.Kind;
import java.util.ArrayList;
import java.util.List;

/** What holds where the user says nothing: an image's own programs and libraries stay its own. */
final class BuiltInRules {
    private static final String[] ENDINGS =
            (".so .d .sh .rb .pyc .py .jar .class .js .pth .plist venv.cfg .pdb .dll jvm.cfg"
                            + " package.json .yarnrc node_modules .tool-versions")
                    .split(" ");
    private static final String[] TREES =
            ("/proc /sys /lib /lib32 /lib64 /libx32 /etc /usr /home /bin /sbin /dev /opt /tmp"
                            + " /var/tmp /snap /run /selinux /nix /.mirrord")
                    .split(" ");
    private static final String[] PARTS = {".so.", "/node_modules/", "/.asdf/"};

    /** The session has put the target's content there already. */
    private static final String[] MANAGED = {"/etc/resolv.conf", "/etc/hosts", "/etc/hostname"};

    private BuiltInRules() {}

    static List<Rule> all() {
        List<Rule> rules = new ArrayList<>();
        for (String path : MANAGED) {
            add(rules, Kind.EXACT, Decision.LOCAL, path, "the session writes this file");
        }
        for (String path : List.of("/.config/gcloud", "/.kube", "/.azure")) {
            add(rules, Kind.HOME_TREE, Decision.NOT_FOUND, path, "built in: credentials in HOME");
        }
        add(rules, Kind.TREE, Decision.READ, "/etc/ssl/certs", "built in: certificates");
        for (String ending : ENDINGS) {
            add(rules, Kind.ENDING, Decision.LOCAL, ending, "built in: code of the image");
        }
        for (String part : PARTS) {
            add(rules, Kind.PART, Decision.LOCAL, part, "built in: code of the image");
        }
        for (String tree : TREES) {
            add(rules, Kind.TREE, Decision.LOCAL, tree, "built in: the image's system");
        }
        add(rules, Kind.EXACT, Decision.LOCAL, "/", "built in: the root itself");
        add(rules, Kind.WORKING_DIRECTORY, Decision.LOCAL, "", "built in: the working directory");
        add(rules, Kind.HOME_HIDDEN, Decision.LOCAL, "", "built in: hidden files in HOME");
        return rules;
    }

    private static void add(
            List<Rule> rules, Kind kind, Decision decision, String operand, String origin) {
        rules.add(new Rule(kind, decision, operand, origin));
    }
}
