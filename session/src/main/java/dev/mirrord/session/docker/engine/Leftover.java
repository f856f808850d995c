package dev.mirrord.session.docker.engine;

/** Something on the engine that carries a session's label. */
public sealed interface Leftover {

    String session();

    /**
     * @param name without the leading slash
     * @param state {@code created}, {@code running}, {@code exited}…
     */
    record Container(String session, String id, String name, String state) implements Leftover {

        /** Ours, as opposed to the user's app. */
        public boolean ours() {
            return name.startsWith("mirrord-" + session + "-");
        }
    }

    record Volume(String session, String name) implements Leftover {}
}
