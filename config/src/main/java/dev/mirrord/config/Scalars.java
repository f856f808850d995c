package dev.mirrord.config;

import dev.mirrord.config.source.Value;
import java.util.Locale;
import java.util.Map;

/** Types with one value. */
final class Scalars {
    static final Type<Boolean> BOOL = new Bool();
    static final Type<String> STRING = new Text();

    private Scalars() {}

    static Type<Integer> number(int least, int most) {
        return new Whole(least, most);
    }

    static <E> Type<E> choice(Map<String, E> words) {
        return new Choice<>(words);
    }

    private record Bool() implements Type<Boolean> {
        @Override
        public Boolean read(Value value) throws WrongValue {
            if (value instanceof Value.Bool bool) {
                return bool.value();
            }
            throw Type.wrong(value, shape().words());
        }

        @Override
        public Boolean parse(String text) throws WrongValue {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "true", "1", "yes", "on" -> true;
                case "false", "0", "no", "off" -> false;
                default -> throw Type.wrong(text, shape().words());
            };
        }

        @Override
        public Shape shape() {
            return new Shape.Bool();
        }
    }

    private record Text() implements Type<String> {
        @Override
        public String read(Value value) throws WrongValue {
            if (value instanceof Value.Text text) {
                return text.value();
            }
            throw Type.wrong(value, shape().words());
        }

        @Override
        public String parse(String text) {
            return text;
        }

        @Override
        public Shape shape() {
            return new Shape.Text();
        }
    }

    private record Whole(int least, int most) implements Type<Integer> {
        @Override
        public Integer read(Value value) throws WrongValue {
            if (value instanceof Value.Numeral numeral) {
                try {
                    return parse(numeral.text());
                } catch (WrongValue e) {
                    throw Type.wrong(value, shape().words());
                }
            }
            throw Type.wrong(value, shape().words());
        }

        @Override
        public Integer parse(String text) throws WrongValue {
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw Type.wrong(text, shape().words());
            }
            throw Type.wrong(text, shape().words());
        }

        @Override
        public Shape shape() {
            return new Shape.Whole(least, most);
        }
    }

    private record Choice<E>(Map<String, E> words) implements Type<E> {
        @Override
        public E read(Value value) throws WrongValue {
            E found = value instanceof Value.Text text ? words.get(text.value()) : null;
            if (found == null) {
                throw Type.wrong(value, shape().words());
            }
            return found;
        }

        @Override
        public E parse(String text) throws WrongValue {
            E found = words.get(text);
            if (found == null) {
                throw Type.wrong(text, shape().words());
            }
            return found;
        }

        @Override
        public Shape shape() {
            return Shape.word(words.keySet().stream());
        }
    }
}
