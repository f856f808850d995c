package dev.mirrord.config.files;

import dev.mirrord.config.files.Expression.Operation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** The common part of the regular expressions of Java and Rust; what it lacks is said by name. */
final class ExpressionParser {
    private static final int MOST_REPEATS = 1000;
    private static final String WORD = "abcdefghijklmnopqrstuvwxyz_0123456789";

    private final String text;
    private int at;
    private int groups;
    private boolean ignoreCase = true;

    ExpressionParser(String text) {
        this.text = text;
    }

    ExpressionNode parse() {
        if (text.startsWith("(?i)")) {
            at = 4;
        } else if (text.startsWith("(?-i)")) {
            at = 5;
            ignoreCase = false;
        }
        ExpressionNode node = choice();
        if (at < text.length()) {
            throw wrong("a closing parenthesis without its opening one");
        }
        return node;
    }

    private IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException(
                "\"" + text + "\" is no usable regular expression: " + why + " at index " + at);
    }

    private boolean more() {
        return at < text.length();
    }

    private boolean take(String token) {
        boolean there = text.startsWith(token, at);
        at += there ? token.length() : 0;
        return there;
    }

    private ExpressionNode choice() {
        List<ExpressionNode> parts = new ArrayList<>();
        do {
            parts.add(row());
        } while (take("|"));
        return parts.size() == 1 ? parts.getFirst() : new ExpressionNode.Choice(parts);
    }

    private ExpressionNode row() {
        List<ExpressionNode> parts = new ArrayList<>();
        while (more() && text.charAt(at) != '|' && text.charAt(at) != ')') {
            ExpressionNode atom = atom();
            Optional<ExpressionNode.Repeat> repeat = quantifier(atom);
            while (repeat.isPresent()) {
                atom = repeat.get();
                repeat = quantifier(atom);
            }
            parts.add(atom);
        }
        return new ExpressionNode.Row(parts);
    }

    private Optional<ExpressionNode.Repeat> quantifier(ExpressionNode part) {
        int least;
        int most;
        if (take("*")) {
            least = 0;
            most = -1;
        } else if (take("+")) {
            least = 1;
            most = -1;
        } else if (take("?")) {
            least = 0;
            most = 1;
        } else if (take("{")) {
            least = number();
            most = take(",") ? (more() && text.charAt(at) == '}' ? -1 : number()) : least;
            if (!take("}")) {
                throw wrong("a repetition is written {2}, {2,} or {2,3}, a brace \\{: wrong");
            }
            if (most >= 0 && most < least) {
                throw wrong("a repetition with its greater number first");
            }
        } else {
            return Optional.empty();
        }
        boolean greedy = !take("?");
        if (greedy && more() && text.charAt(at) == '+') {
            throw wrong("possessive repetition is not supported:");
        }
        return Optional.of(new ExpressionNode.Repeat(part, least, most, greedy));
    }

    private int number() {
        int from = at;
        while (more() && Character.digit(text.charAt(at), 10) >= 0 && at - from < 4) {
            at++;
        }
        if (from == at) {
            throw wrong("a number is missing");
        }
        int number = Integer.parseInt(text.substring(from, at));
        if (number > MOST_REPEATS) {
            throw wrong("more than " + MOST_REPEATS + " repetitions");
        }
        return number;
    }

    private ExpressionNode atom() {
        if (take("(")) {
            return group();
        }
        if (take("[")) {
            return new ExpressionNode.Octets(set());
        }
        if (take(".")) {
            BitSet all = new BitSet();
            all.set(0, 256);
            all.clear('\n');
            return new ExpressionNode.Octets(all);
        }
        if (take("^")) {
            return new ExpressionNode.Assertion(Operation.BEGIN);
        }
        if (take("$")) {
            return new ExpressionNode.Assertion(Operation.END);
        }
        if (take("\\")) {
            return escape();
        }
        if ("*+?{".indexOf(text.charAt(at)) >= 0) {
            throw wrong("nothing to repeat");
        }
        return literal();
    }

    private ExpressionNode group() {
        int number = 0;
        if (take("?:")) {
            number = 0;
        } else if (text.startsWith("?P<", at) || named()) {
            at = text.indexOf('>', at) + 1;
            if (at == 0) {
                at = text.length();
                throw wrong("a group's name without an end");
            }
            number = ++groups;
        } else if (take("?")) {
            throw wrong("look-around, atomic groups and flags inside are not supported:");
        } else {
            number = ++groups;
        }
        ExpressionNode part = choice();
        if (!take(")")) {
            throw wrong("an opening parenthesis without its closing one");
        }
        return new ExpressionNode.Group(part, number);
    }

    private boolean named() {
        return text.startsWith("?<", at)
                && !text.startsWith("?<=", at)
                && !text.startsWith("?<!", at);
    }

    private ExpressionNode escape() {
        if (!more()) {
            throw wrong("a backslash with nothing behind it");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case 'b' -> new ExpressionNode.Assertion(Operation.BOUNDARY);
            case 'B' -> new ExpressionNode.Assertion(Operation.NO_BOUNDARY);
            case 'A' -> new ExpressionNode.Assertion(Operation.BEGIN);
            case 'z', 'Z' -> new ExpressionNode.Assertion(Operation.END);
            default -> new ExpressionNode.Octets(escaped(c));
        };
    }

    private BitSet escaped(char c) {
        BitSet set =
                switch (c) {
                    case 'd', 'D' -> octets("0123456789");
                    case 's', 'S' -> octets(" \t\n\r\f\013");
                    case 'w', 'W' -> octets(WORD + WORD.toUpperCase(java.util.Locale.ROOT));
                    case 'n' -> octets("\n");
                    case 't' -> octets("\t");
                    case 'r' -> octets("\r");
                    default -> {
                        if (c >= 128 || Character.isLetterOrDigit(c)) {
                            throw wrong("\\" + c + " is not supported:");
                        }
                        yield octets(String.valueOf(c));
                    }
                };
        if (c == 'D' || c == 'S' || c == 'W') {
            set.flip(0, 256);
        }
        return set;
    }

    private static BitSet octets(String characters) {
        BitSet set = new BitSet();
        characters.chars().forEach(set::set);
        return set;
    }

    private ExpressionNode literal() {
        int point = text.codePointAt(at);
        at += Character.charCount(point);
        List<ExpressionNode> row = new ArrayList<>();
        for (byte octet : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
            BitSet set = new BitSet();
            set.set(octet & 0xff);
            row.add(new ExpressionNode.Octets(folded(set)));
        }
        return row.size() == 1 ? row.getFirst() : new ExpressionNode.Row(row);
    }

    private BitSet folded(BitSet set) {
        if (ignoreCase) {
            for (int c = 'a'; c <= 'z'; c++) {
                int upper = c - 'a' + 'A';
                boolean either = set.get(c) || set.get(upper);
                set.set(c, either);
                set.set(upper, either);
            }
        }
        return set;
    }

    private BitSet set() {
        boolean negated = take("^");
        BitSet set = new BitSet();
        for (boolean first = true; first || !text.startsWith("]", at); first = false) {
            if (!more()) {
                throw wrong("a bracket without its end");
            }
            if (text.startsWith("[", at) || text.startsWith("&&", at)) {
                throw wrong("nested sets are not supported: write \\[");
            }
            BitSet from = member();
            boolean range =
                    from.cardinality() == 1
                            && text.startsWith("-", at)
                            && !text.startsWith("-]", at);
            if (range) {
                at++;
                BitSet to = member();
                if (to.cardinality() != 1 || to.nextSetBit(0) < from.nextSetBit(0)) {
                    throw wrong("a range with a wrong end");
                }
                set.set(from.nextSetBit(0), to.nextSetBit(0) + 1);
            }
            set.or(from);
        }
        at++;
        folded(set);
        if (negated) {
            set.flip(0, 256);
        }
        return set;
    }

    private BitSet member() {
        if (!more()) {
            throw wrong("a bracket without its end");
        }
        char c = text.charAt(at++);
        if (c == '\\') {
            if (!more()) {
                throw wrong("a backslash with nothing behind it");
            }
            return escaped(text.charAt(at++));
        }
        if (c >= 128) {
            throw wrong("only ASCII is supported in brackets:");
        }
        return octets(String.valueOf(c));
    }
}
