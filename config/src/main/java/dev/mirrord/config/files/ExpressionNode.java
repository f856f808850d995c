package dev.mirrord.config.files;

import java.util.BitSet;
import java.util.List;

/** What a regular expression says. */
sealed interface ExpressionNode {
    record Octets(BitSet set) implements ExpressionNode {}

    record Assertion(Expression.Operation operation) implements ExpressionNode {}

    record Row(List<ExpressionNode> parts) implements ExpressionNode {}

    record Choice(List<ExpressionNode> parts) implements ExpressionNode {}

    /**
     * @param most negative: without limit
     */
    record Repeat(ExpressionNode part, int least, int most, boolean greedy)
            implements ExpressionNode {}

    /**
     * @param number 0 for one that is not counted
     */
    record Group(ExpressionNode part, int number) implements ExpressionNode {}
}
