package dev.mirrord.session.kubernetes.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * An answer of the API server, whatever its status.
 *
 * @param date the header of that name, by the server's clock; empty: none
 */
public record ApiReply(int status, String text, String date) {

    public ApiReply(int status, String text) {
        this(status, text, "");
    }

    public boolean succeeded() {
        return status / 100 == 2;
    }

    /** The body's JSON; a missing node where it is none. */
    public JsonNode json() {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JsonProcessingException notJson) {
            return Json.MAPPER.missingNode();
        }
    }

    /** What a {@code Status} object says, else the start of the text. */
    public String message() {
        String message = json().path("message").asText("");
        if (!message.isEmpty()) {
            return message;
        }
        String plain = text.strip();
        return plain.length() > 300 ? plain.substring(0, 300) + "…" : plain;
    }
}
