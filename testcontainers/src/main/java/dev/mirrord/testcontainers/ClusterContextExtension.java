package dev.mirrord.testcontainers;

import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives the class's, or the suite's, {@link ClusterContext} to whoever has a parameter for it. */
public final class ClusterContextExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace OURS =
            ExtensionContext.Namespace.create(ClusterContextExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
        return parameter.getParameter().getType() == ClusterContext.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext extension) {
        Class<?> test = extension.getRequiredTestClass();
        ClusterTarget target = target(test);
        return switch (target.scope()) {
            case CLASS ->
                    ofClass(extension)
                            .getStore(OURS)
                            .getOrComputeIfAbsent(test, _ -> made(target), ClusterContext.class);
            case SUITE ->
                    extension
                            .getRoot()
                            .getStore(OURS)
                            .getOrComputeIfAbsent(target, _ -> made(target), ClusterContext.class);
        };
    }

    private static ExtensionContext ofClass(ExtensionContext extension) {
        ExtensionContext ofClass = extension;
        while (ofClass.getTestMethod().isPresent() && ofClass.getParent().isPresent()) {
            ofClass = ofClass.getParent().get();
        }
        return ofClass;
    }

    private static ClusterTarget target(Class<?> test) {
        Optional<ClusterTarget> found = Optional.empty();
        for (Class<?> each = test; each != null && found.isEmpty(); ) {
            found = AnnotationSupport.findAnnotation(each, ClusterTarget.class);
            each = each.getEnclosingClass();
        }
        return found.orElseThrow(
                () ->
                        new ParameterResolutionException(
                                "%s wants a ClusterContext and names no target: annotate it with @ClusterTarget(\"deployment/NAME\")"
                                        .formatted(test.getName())));
    }

    private static ClusterContext made(ClusterTarget target) {
        ClusterContext context = ClusterContext.of(target.value()).keepAgent();
        if (!target.namespace().isEmpty()) {
            context.inNamespace(target.namespace());
        }
        if (target.steal().length > 0) {
            context.steal(target.steal());
        }
        return context;
    }
}
