package dev.mirrord.config.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import java.util.regex.Pattern;

/** Conditions on requests, each as the JSON text that the agent reads. */
public final class Conditions {
    private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern MEMBER = Pattern.compile("\\s*([^=\\s]+)\\s*=\\s*(\\S+)\\s*");

    private Conditions() {}

    public static String header(String regex) throws Malformed {
        return object("header", regex);
    }

    public static String path(String regex) throws Malformed {
        return object("path", regex);
    }

    public static String method(String name) throws Malformed {
        if (!METHOD.matcher(name).matches()) {
            throw new Malformed("no HTTP method", name, 0);
        }
        return "{\"method\":" + quoted(name) + "}";
    }

    /**
     * @param query JSONPath
     * @param matches a regular expression for one of the values
     */
    public static String body(String query, String matches) throws Malformed {
        return "{\"body\":%s,\"query\":%s}"
                .formatted(quoted(Regexes.check(matches)), JsonPath.parse(query));
    }

    /** One member of W3C {@code baggage}, as {@code key=value}. */
    public static String baggage(String member) throws Malformed {
        var parts = MEMBER.matcher(member);
        if (!parts.matches()) {
            throw new Malformed("a member of the baggage is KEY=VALUE", member, 0);
        }
        return object(
                "header",
                "^baggage:(?:.*,)?\\s*(?-i:%s\\s*=\\s*%s)\\s*(?:[;,]|$)"
                        .formatted(Pattern.quote(parts.group(1)), Pattern.quote(parts.group(2))));
    }

    public static String all(List<String> conditions) {
        return conditions.size() == 1
                ? conditions.getFirst()
                : "{\"all\":[" + String.join(",", conditions) + "]}";
    }

    public static String any(List<String> conditions) {
        return "{\"any\":[" + String.join(",", conditions) + "]}";
    }

    private static String object(String name, String regex) throws Malformed {
        return "{\"%s\":%s}".formatted(name, quoted(Regexes.check(regex)));
    }

    /** As a JSON string. */
    public static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
