package dev.mirrord.config;

import dev.mirrord.config.files.FileEngine;
import dev.mirrord.config.source.Value;
import java.util.Map;

/** {@code feature.fs.engine}; one that others have and this version has not is said by name. */
final class FileEngineType implements Type<FileEngine> {
    private static final Type<FileEngine> CHOICE =
            Scalars.choice(Map.of("auto", FileEngine.AUTO, "supervise", FileEngine.SUPERVISE));

    @Override
    public FileEngine read(Value value) throws WrongValue {
        if (value instanceof Value.Text text) {
            refusePreload(text.value());
        }
        return CHOICE.read(value);
    }

    @Override
    public FileEngine parse(String text) throws WrongValue {
        refusePreload(text);
        return CHOICE.parse(text);
    }

    @Override
    public Shape shape() {
        return CHOICE.shape();
    }

    private static void refusePreload(String text) throws WrongValue {
        if (text.equals("preload")) {
            throw new WrongValue(
                    "is \"preload\", which is not implemented in this version: use \"supervise\","
                            + " which serves every kind of program");
        }
    }
}
