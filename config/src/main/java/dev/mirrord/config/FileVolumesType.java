package dev.mirrord.config;

import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.config.source.Value;
import java.util.stream.Stream;

/** Off or on, which is read; or by name. */
record FileVolumesType() implements Type<FileVolumes> {
    @Override
    public FileVolumes read(Value value) throws WrongValue {
        return switch (value) {
            case Value.Bool bool -> bool.value() ? FileVolumes.READ : FileVolumes.OFF;
            case Value.Text text when text.value().equals("read") -> FileVolumes.READ;
            case Value.Text text when text.value().equals("write") -> FileVolumes.WRITE;
            default -> throw Type.wrong(value, shape().words());
        };
    }

    @Override
    public FileVolumes parse(String text) throws WrongValue {
        return switch (text) {
            case "false" -> FileVolumes.OFF;
            case "true", "read" -> FileVolumes.READ;
            case "write" -> FileVolumes.WRITE;
            default -> throw Type.wrong(text, shape().words());
        };
    }

    @Override
    public Shape shape() {
        return new Shape.Either(new Shape.Bool(), Shape.word(Stream.of("read", "write")));
    }

    @Override
    public boolean isKeptAsWritten() {
        return false;
    }
}
