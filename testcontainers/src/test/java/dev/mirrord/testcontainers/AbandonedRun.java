package dev.mirrord.testcontainers;

import org.testcontainers.containers.GenericContainer;

/** A test run that will be killed: starts a container, tells its session, and waits. */
final class AbandonedRun {
    private AbandonedRun() {}

    public static void main(String[] words) throws InterruptedException {
        ClusterContext context = Surroundings.shop("deployment/web");
        GenericContainer<?> app =
                context.run(
                        new GenericContainer<>("mirrord-test/glibc")
                                .withCommand("probe", "serve", "http=8080")
                                .withExposedPorts(8080));
        app.start();
        System.out.println("session " + Surroundings.sessionOf(app.getContainerId()));
        Thread.sleep(600_000);
    }
}
