package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** YAML in the making: blocks by indentation, values in flow form, which JSON is. */
final class YamlText {
    private final StringBuilder text;

    YamlText(String head) {
        this.text = new StringBuilder(head);
    }

    void line(int depth, String line) {
        text.append(" ".repeat(depth)).append(line).append('\n');
    }

    void block(int depth, String key) {
        line(depth, TextNode.valueOf(key) + ":");
    }

    void field(int depth, String key, JsonNode value) {
        line(depth, key + ": " + value);
    }

    void field(int depth, String key, String value) {
        field(depth, key, TextNode.valueOf(value));
    }

    /** In place of what the files before say, not in addition to it. */
    void override(int depth, String key, JsonNode value) {
        line(depth, key + ": !override " + value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
