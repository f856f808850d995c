package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.config.Nearest;
import java.util.Collection;
import java.util.List;

/** Says what a user who mistyped a name of the cluster most likely meant, and what there is. */
public final class NearestName {

    private static final int SHOWN = 5;

    private NearestName() {}

    /** "did you mean web? there are web, api and 3 more", or that there are none. */
    public static String suggest(String wanted, Collection<String> known, String plural) {
        if (known.isEmpty()) {
            return "there are no " + plural;
        }
        List<String> sorted = Nearest.sort(wanted, known);
        String nearest = sorted.getFirst();
        String meant =
                Nearest.distance(wanted, nearest) <= Math.max(2, wanted.length() / 2)
                        ? "did you mean " + nearest + "? "
                        : "";
        return meant + "there are " + enumerate(sorted);
    }

    public static String enumerate(List<String> names) {
        int shown = Math.min(SHOWN, names.size());
        String text = String.join(", ", names.subList(0, shown));
        return names.size() > shown ? text + " and " + (names.size() - shown) + " more" : text;
    }
}
