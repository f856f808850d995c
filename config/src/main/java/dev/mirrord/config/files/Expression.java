package dev.mirrord.config.files;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A regular expression as a program that runs in time bounded by text times program, here and in
 * the launcher (layer-native/src/expression.c, which says what the instructions do). It works on
 * bytes of UTF-8, is not anchored and has no regard to case in ASCII.
 */
public final class Expression {
    static final int GROUPS = 10;
    static final int LIMIT = 2048;

    private final List<Instruction> program;
    private final List<BitSet> sets;

    record Instruction(Operation operation, int x, int y) {}

    enum Operation {
        BYTE(1),
        SET(2),
        SPLIT(3),
        JUMP(4),
        SAVE(5),
        BEGIN(6),
        END(7),
        BOUNDARY(8),
        NO_BOUNDARY(9),
        MATCH(10);

        private final int code;

        Operation(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    Expression(List<Instruction> program, List<BitSet> sets) {
        this.program = List.copyOf(program);
        this.sets = List.copyOf(sets);
    }

    /**
     * @throws IllegalArgumentException a sentence: what is not understood or not supported
     */
    public static Expression compile(String text) {
        return new ExpressionCompiler().compile(new ExpressionParser(text).parse(), text);
    }

    byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, program.size());
        for (Instruction each : program) {
            out.write(each.operation().code());
            number(out, each.x());
            number(out, each.y());
        }
        number(out, sets.size());
        for (BitSet set : sets) {
            out.writeBytes(Arrays.copyOf(set.toByteArray(), 32));
        }
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int number) {
        out.write(number >> 8);
        out.write(number);
    }

    /** The leftmost match: pairs of positions in bytes, -1 for groups that have none. */
    Optional<int[]> find(String text) {
        return new Run(text.getBytes(StandardCharsets.UTF_8)).find();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Way(int at, int[] slots) {}

    /** Pike's machine: all ways go forward one byte at a time, in order of preference. */
    private final class Run {
        private final byte[] text;

        Run(byte[] text) {
            this.text = text;
        }

        Optional<int[]> find() {
            List<Way> ways = new ArrayList<>();
            BitSet seen = new BitSet();
            Optional<int[]> found = Optional.empty();
            for (int position = 0; position <= text.length; position++) {
                if (found.isEmpty()) {
                    int[] slots = new int[2 * GROUPS];
                    Arrays.fill(slots, -1);
                    follow(ways, seen, 0, position, slots);
                }
                List<Way> next = new ArrayList<>();
                seen = new BitSet();
                for (Way way : ways) {
                    Instruction instruction = program.get(way.at());
                    if (instruction.operation() == Operation.MATCH) {
                        found = Optional.of(way.slots());
                        break;
                    }
                    if (position < text.length && takes(instruction, text[position] & 0xff)) {
                        follow(next, seen, way.at() + 1, position + 1, way.slots());
                    }
                }
                ways = next;
                if (ways.isEmpty() && found.isPresent()) {
                    break;
                }
            }
            return found;
        }

        private boolean takes(Instruction instruction, int octet) {
            return switch (instruction.operation()) {
                case BYTE -> instruction.x() == octet;
                case SET -> sets.get(instruction.x()).get(octet);
                case SPLIT, JUMP, SAVE, BEGIN, END, BOUNDARY, NO_BOUNDARY, MATCH -> false;
            };
        }

        private void follow(List<Way> ways, BitSet seen, int at, int position, int[] slots) {
            if (seen.get(at)) {
                return;
            }
            seen.set(at);
            Instruction instruction = program.get(at);
            switch (instruction.operation()) {
                case JUMP -> follow(ways, seen, instruction.x(), position, slots);
                case SPLIT -> {
                    follow(ways, seen, instruction.x(), position, slots);
                    follow(ways, seen, instruction.y(), position, slots);
                }
                case SAVE -> {
                    int[] changed = slots.clone();
                    changed[instruction.x()] = position;
                    follow(ways, seen, at + 1, position, changed);
                }
                case BEGIN, END, BOUNDARY, NO_BOUNDARY -> {
                    if (holds(instruction.operation(), position)) {
                        follow(ways, seen, at + 1, position, slots);
                    }
                }
                case BYTE, SET, MATCH -> ways.add(new Way(at, slots));
            }
        }

        private boolean holds(Operation operation, int position) {
            return switch (operation) {
                case BEGIN -> position == 0;
                case END -> position == text.length;
                case BOUNDARY -> boundary(position);
                default -> !boundary(position);
            };
        }

        private boolean boundary(int position) {
            return word(position - 1) != word(position);
        }

        private boolean word(int at) {
            if (at < 0 || at >= text.length) {
                return false;
            }
            int octet = text[at];
            return octet == '_'
                    || (octet >= '0' && octet <= '9')
                    || (octet >= 'a' && octet <= 'z')
                    || (octet >= 'A' && octet <= 'Z');
        }
    }
}
