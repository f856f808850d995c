package dev.mirrord.agent.http;

/** Who answers. */
enum Side {
    TARGET("passed-through"),
    APP("forwarded-to-client");

    private final String words;

    Side(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** In the header that tells it, as mirrord's users know it. */
    String header() {
        return "Mirrord-Agent: " + words + "\r\n";
    }
}
