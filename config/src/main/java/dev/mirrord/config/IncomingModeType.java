package dev.mirrord.config;

import dev.mirrord.config.source.Value;

/** A mode by name; its variable also knows true for steal and false for mirror. */
record IncomingModeType(Type<IncomingMode> names) implements Type<IncomingMode> {
    @Override
    public IncomingMode read(Value value) throws WrongValue {
        return names.read(value);
    }

    @Override
    public IncomingMode parse(String text) throws WrongValue {
        return switch (text) {
            case "true" -> IncomingMode.STEAL;
            case "false" -> IncomingMode.MIRROR;
            default -> names.parse(text);
        };
    }

    @Override
    public Shape shape() {
        return names.shape();
    }
}
