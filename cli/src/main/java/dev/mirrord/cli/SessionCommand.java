package dev.mirrord.cli;

import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.SessionState;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mirrord session}: the sessions of this user on this machine. */
@Command(
        subcommands = {
            SessionCommand.ListCommand.class,
            SessionCommand.ShowCommand.class,
            SessionCommand.LogsCommand.class,
            SessionCommand.StopCommand.class
        })
final class SessionCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return new ListCommand().call();
    }

    /** Form of what is printed. */
    enum Form {
        table,
        json
    }

    private static SessionState find(String name) {
        List<SessionState> all = SessionState.all();
        return all.stream()
                .filter(session -> session.id().equals(name) || session.what().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new SessionFailure(
                                        "there is no session '"
                                                + name
                                                + "'; see: mirrord session list"));
    }

    /** The parameter of commands about one session. */
    static final class OneSession {
        @Parameters(paramLabel = "SESSION", description = "Its id, or the container's name.")
        String session = "";

        SessionState find() {
            return SessionCommand.find(session);
        }
    }

    @Command(name = "list", aliases = "ls", description = "List sessions.")
    static final class ListCommand implements Callable<Integer> {
        private static final String LINE = "%-10s %-30s %-16s %-24s %-8s %s%n";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "table|json",
                description = "Form of the list.")
        Form form = Form.table;

        @Override
        public Integer call() {
            List<SessionState> sessions = SessionState.all();
            if (form == Form.json) {
                sessions.forEach(session -> System.out.println(json(session)));
                return 0;
            }
            System.out.printf(LINE, "SESSION", "TARGET", "NAMESPACE", "RUNS", "STATE", "SINCE");
            for (SessionState session : sessions) {
                System.out.printf(
                        LINE,
                        session.id(),
                        session.target(),
                        session.namespace().isEmpty() ? "-" : session.namespace(),
                        session.what(),
                        state(session),
                        ago(session.since()));
            }
            return 0;
        }

        private static String json(SessionState session) {
            return session.json().put("state", state(session)).toString();
        }

        private static String state(SessionState session) {
            return session.server().isPresent() ? "running" : "dead";
        }

        private static String ago(Instant since) {
            Duration age = Duration.between(since, Instant.now());
            if (age.toDays() > 0) {
                return age.toDays() + "d ago";
            }
            if (age.toHours() > 0) {
                return age.toHours() + "h ago";
            }
            return age.toMinutes() > 0 ? age.toMinutes() + "m ago" : age.toSeconds() + "s ago";
        }
    }

    @Command(name = "show", description = "Show one session.")
    static final class ShowCommand implements Callable<Integer> {
        @Mixin OneSession one = new OneSession();

        @Override
        public Integer call() {
            System.out.println(one.find().json().toPrettyString());
            return 0;
        }
    }

    @Command(name = "logs", description = "Print a session's log.")
    static final class LogsCommand implements Callable<Integer> {
        @Mixin OneSession one = new OneSession();

        @Override
        public Integer call() {
            SessionState found = one.find();
            try {
                System.out.write(Files.readAllBytes(found.log()));
                System.out.flush();
                return 0;
            } catch (IOException e) {
                throw new SessionFailure("cannot read " + found.log() + ": " + e, e);
            }
        }
    }

    @Command(name = "stop", description = "End sessions, and with them their apps.")
    static final class StopCommand implements Callable<Integer> {
        /** The app has its stop timeout, of 10 s by default; then the session cleans up. */
        private static final int MOST_SECONDS = 40;

        @Parameters(
                paramLabel = "SESSION",
                arity = "0..*",
                description = "Ids, or names of containers.")
        List<String> names = new ArrayList<>();

        @Option(names = "--all", description = "All sessions of mine on this machine.")
        boolean all;

        @Override
        public Integer call() {
            List<SessionState> sessions =
                    all ? SessionState.all() : names.stream().map(SessionCommand::find).toList();
            if (sessions.isEmpty() && !all) {
                throw new SessionFailure(
                        "say which session to stop, or --all; see: mirrord session list");
            }
            sessions.forEach(session -> session.server().ifPresent(ProcessHandle::destroy));
            int code = 0;
            for (SessionState session : sessions) {
                if (hasEnded(session)) {
                    System.out.println(session.id());
                } else {
                    System.err.println(
                            "mirrord: session "
                                    + session.id()
                                    + " has not ended within "
                                    + MOST_SECONDS
                                    + " s; its log: "
                                    + session.log());
                    code = FailureText.OUR_FAILURE;
                }
            }
            return code;
        }

        private static boolean hasEnded(SessionState session) {
            return session.server()
                    .map(
                            server ->
                                    server.onExit()
                                            .thenApply(_ -> true)
                                            .completeOnTimeout(
                                                    false, MOST_SECONDS, TimeUnit.SECONDS)
                                            .join())
                    .orElse(true);
        }
    }
}
