package dev.mirrord.config.files;

import dev.mirrord.config.files.Expression.Instruction;
import dev.mirrord.config.files.Expression.Operation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Makes the program, as Thompson and Pike do. */
final class ExpressionCompiler {
    private final List<Instruction> program = new ArrayList<>();
    private final List<BitSet> sets = new ArrayList<>();

    Expression compile(ExpressionNode node, String text) {
        add(Operation.SAVE, 0, 0);
        try {
            emit(node);
        } catch (TooLong e) {
            throw new IllegalArgumentException("\"" + text + "\" is too long", e);
        }
        add(Operation.SAVE, 1, 0);
        add(Operation.MATCH, 0, 0);
        return new Expression(program, sets);
    }

    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private int add(Operation operation, int x, int y) {
        if (program.size() >= Expression.LIMIT - 2) {
            throw new TooLong();
        }
        program.add(new Instruction(operation, x, y));
        return program.size() - 1;
    }

    private void patch(int at, int x, int y) {
        program.set(at, new Instruction(program.get(at).operation(), x, y));
    }

    private void emit(ExpressionNode node) {
        switch (node) {
            case ExpressionNode.Octets(BitSet set) -> octets(set);
            case ExpressionNode.Assertion(Operation operation) -> add(operation, 0, 0);
            case ExpressionNode.Row(List<ExpressionNode> parts) -> parts.forEach(this::emit);
            case ExpressionNode.Choice(List<ExpressionNode> parts) -> choice(parts);
            case ExpressionNode.Repeat repeat -> repeat(repeat);
            case ExpressionNode.Group(ExpressionNode part, int number) -> {
                boolean counted = number > 0 && number < Expression.GROUPS;
                if (counted) {
                    add(Operation.SAVE, 2 * number, 0);
                }
                emit(part);
                if (counted) {
                    add(Operation.SAVE, 2 * number + 1, 0);
                }
            }
        }
    }

    private void octets(BitSet set) {
        if (set.cardinality() == 1) {
            add(Operation.BYTE, set.nextSetBit(0), 0);
            return;
        }
        int index = sets.indexOf(set);
        if (index < 0) {
            index = sets.size();
            sets.add(set);
        }
        add(Operation.SET, index, 0);
    }

    private void choice(List<ExpressionNode> parts) {
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            boolean last = i == parts.size() - 1;
            int split = last ? -1 : add(Operation.SPLIT, 0, 0);
            emit(parts.get(i));
            if (!last) {
                ends.add(add(Operation.JUMP, 0, 0));
                patch(split, split + 1, program.size());
            }
        }
        ends.forEach(end -> patch(end, program.size(), 0));
    }

    private void repeat(ExpressionNode.Repeat repeat) {
        for (int i = 0; i < repeat.least(); i++) {
            emit(repeat.part());
        }
        if (repeat.most() < 0) {
            int split = add(Operation.SPLIT, 0, 0);
            emit(repeat.part());
            add(Operation.JUMP, split, 0);
            branch(split, repeat.greedy());
            return;
        }
        List<Integer> splits = new ArrayList<>();
        for (int i = repeat.least(); i < repeat.most(); i++) {
            splits.add(add(Operation.SPLIT, 0, 0));
            emit(repeat.part());
        }
        splits.forEach(split -> branch(split, repeat.greedy()));
    }

    /** Into what follows, or past all of it. */
    private void branch(int split, boolean greedy) {
        int in = split + 1;
        int past = program.size();
        patch(split, greedy ? in : past, greedy ? past : in);
    }
}
