package dev.mirrord.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.config.Keys;
import dev.mirrord.config.SettingsReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a front end tells the compose plugin: a context for services of somebody's project. */
public final class ComposeContext {
    /** Variable that brings it there: an argument could be read by everybody on this machine. */
    public static final String VARIABLE = "MIRRORD_COMPOSE_CONTEXT";

    private ComposeContext() {}

    /**
     * Variables that an option of the front end wins over: they must not win over it in the
     * processes to come.
     */
    public static List<String> overruled(SettingsReport settings) {
        List<String> overruled = new ArrayList<>();
        for (SettingsReport.Line each : settings.lines()) {
            Keys.all().stream()
                    .filter(key -> key.path().equals(each.path()))
                    .flatMap(key -> key.variable().stream())
                    .filter(variable -> !variable.equals(each.origin()))
                    .forEach(overruled::add);
        }
        return overruled;
    }

    /**
     * The variable's value.
     *
     * @param docker program and options of docker's own
     * @param services the chosen ones; empty: all that would run
     * @param quiet true to say nothing but failures
     */
    public static String value(
            List<String> docker, List<String> services, boolean quiet, SettingsReport settings) {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("docker", docker);
        context.put("services", services);
        context.put("quiet", quiet);
        context.put("config", settings.grouped());
        try {
            return new ObjectMapper().writeValueAsString(context);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
