package dev.mirrord.testcontainers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class whose tests, constructor and life-cycle methods may have a parameter of type {@link
 * ClusterContext}: one for the class, or for all classes that name the same. It has one agent,
 * which stays from its first container's start until the last test; then its containers are
 * stopped.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ClusterContextExtension.class)
public @interface ClusterTarget {
    /** As of {@link ClusterContext#of}. */
    String value();

    /** Empty: that of the kubeconfig's context. */
    String namespace() default "";

    /** Ports to take over; empty: the target's traffic is mirrored. */
    int[] steal() default {};

    /** Whose it is. */
    Scope scope() default Scope.CLASS;

    /** How long a {@link ClusterContext} and its agent live. */
    enum Scope {
        /** Until the last test of the class. */
        CLASS,
        /**
         * Until the last test of the run: all classes with an equal {@code @ClusterTarget} share
         * it.
         */
        SUITE
    }
}
