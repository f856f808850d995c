package dev.mirrord.session;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Handlers for POSIX signals. The only API for it is {@code sun.misc.Signal} of the module
 * jdk.unsupported, which javac refuses to name without a warning; it is reached by reflection, and
 * where a JDK lacks it the JVM's own behaviour stays.
 */
public final class Signals {
    private Signals() {}

    /**
     * Runs {@code action} instead of ending the JVM whenever {@code name} (without SIG) arrives.
     */
    public static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls =
                    (proxy, method, arguments) ->
                            switch (method.getName()) {
                                case "handle" -> {
                                    action.run();
                                    yield null;
                                }
                                case "hashCode" -> System.identityHashCode(proxy);
                                case "equals" -> false;
                                default -> "handler of SIG" + name;
                            };
            Object instance =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(), new Class<?>[] {handler}, calls);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), instance);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // No such signal on this system (Windows has no HUP).
        }
    }
}
