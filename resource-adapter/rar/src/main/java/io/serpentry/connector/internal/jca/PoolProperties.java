// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import jakarta.resource.spi.ConfigProperty;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The config properties of a pool as the container sets them. Durations are ISO 8601, numbers plain; {@link
 * SettingsParser} reads and checks them.
 */
public abstract class PoolProperties {

    @ConfigProperty(
            defaultValue = "default",
            description = "The pool's name, unique in the resource adapter: letters, digits, '-' and '_'.")
    private String name = "default";

    @ConfigProperty(
            defaultValue = "python3",
            description =
                    "The interpreter: a command on the PATH or a path, for example into a venv. CPython 3.10 or newer.")
    private String python = "python3";

    @ConfigProperty(
            defaultValue = "",
            description =
                    "Directories with the application's Python modules, separated by the platform's path separator.")
    private String modulePath = "";

    @ConfigProperty(
            defaultValue = "",
            description =
                    "Modules that register functions, separated by commas; empty: all that are at the top of modulePath.")
    private String modules = "";

    @ConfigProperty(
            defaultValue = "",
            description = "Modules the fork server imports once for all workers, separated by commas.")
    private String preload = "";

    @ConfigProperty(
            defaultValue = "",
            description =
                    "Environment variables for Python, NAME=value separated by commas; a comma in a value is written \\,.")
    private String environment = "";

    @ConfigProperty(
            defaultValue = "1",
            description = "Connections to one process, 1 to 64; above 1 calls run in threads of the process.")
    private Integer threadsPerWorker = 1;

    @ConfigProperty(
            defaultValue = "PT30S",
            description = "How long the start of the fork server, and of a worker, may take.")
    private String startTimeout = "PT30S";

    @ConfigProperty(defaultValue = "PT120S", description = "The deadline of a call that names none.")
    private String callTimeout = "PT120S";

    @ConfigProperty(defaultValue = "PT0.5S", description = "From the cancellation of a call to SIGINT.")
    private String cancelGrace = "PT0.5S";

    @ConfigProperty(defaultValue = "PT2S", description = "From SIGINT to SIGABRT, and from there to SIGKILL.")
    private String killGrace = "PT2S";

    @ConfigProperty(
            defaultValue = "PT5S",
            description = "How long calls under way may take to end when the pool shuts down.")
    private String drainTimeout = "PT5S";

    @ConfigProperty(
            defaultValue = "1",
            description =
                    "How many workers may run beside those in connections, to replace, cordoned or being ended, 0 to 64.")
    private Integer spareWorkers = 1;

    @ConfigProperty(defaultValue = "0", description = "A worker is replaced after so many calls; 0: never.")
    private Long maxCalls = 0L;

    @ConfigProperty(defaultValue = "", description = "A worker is replaced at this age; empty: never.")
    private String maxAge = "";

    @ConfigProperty(
            defaultValue = "0",
            description = "A worker is replaced when its resident memory is over so many bytes; 0: never.")
    private Long maxMemory = 0L;

    @ConfigProperty(
            defaultValue = "134217728",
            description = "The largest message in bytes, in both directions, 1 KiB to 1 GiB.")
    private Integer maxMessageSize = 134217728;

    @ConfigProperty(
            defaultValue = "fork",
            description = "fork: workers are copies of the preloaded fork server; spawn: fresh interpreters.")
    private String start = "fork";

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getPython() {
        return python;
    }

    public void setPython(String python) {
        this.python = python;
    }

    public String getModulePath() {
        return modulePath;
    }

    public void setModulePath(String modulePath) {
        this.modulePath = modulePath;
    }

    public String getModules() {
        return modules;
    }

    public void setModules(String modules) {
        this.modules = modules;
    }

    public String getPreload() {
        return preload;
    }

    public void setPreload(String preload) {
        this.preload = preload;
    }

    public String getEnvironment() {
        return environment;
    }

    public void setEnvironment(String environment) {
        this.environment = environment;
    }

    public Integer getThreadsPerWorker() {
        return threadsPerWorker;
    }

    public void setThreadsPerWorker(Integer threadsPerWorker) {
        this.threadsPerWorker = threadsPerWorker;
    }

    public String getStartTimeout() {
        return startTimeout;
    }

    public void setStartTimeout(String startTimeout) {
        this.startTimeout = startTimeout;
    }

    public String getCallTimeout() {
        return callTimeout;
    }

    public void setCallTimeout(String callTimeout) {
        this.callTimeout = callTimeout;
    }

    public String getCancelGrace() {
        return cancelGrace;
    }

    public void setCancelGrace(String cancelGrace) {
        this.cancelGrace = cancelGrace;
    }

    public String getKillGrace() {
        return killGrace;
    }

    public void setKillGrace(String killGrace) {
        this.killGrace = killGrace;
    }

    public String getDrainTimeout() {
        return drainTimeout;
    }

    public void setDrainTimeout(String drainTimeout) {
        this.drainTimeout = drainTimeout;
    }

    public Integer getSpareWorkers() {
        return spareWorkers;
    }

    public void setSpareWorkers(Integer spareWorkers) {
        this.spareWorkers = spareWorkers;
    }

    public Long getMaxCalls() {
        return maxCalls;
    }

    public void setMaxCalls(Long maxCalls) {
        this.maxCalls = maxCalls;
    }

    public String getMaxAge() {
        return maxAge;
    }

    public void setMaxAge(String maxAge) {
        this.maxAge = maxAge;
    }

    public Long getMaxMemory() {
        return maxMemory;
    }

    public void setMaxMemory(Long maxMemory) {
        this.maxMemory = maxMemory;
    }

    public Integer getMaxMessageSize() {
        return maxMessageSize;
    }

    public void setMaxMessageSize(Integer maxMessageSize) {
        this.maxMessageSize = maxMessageSize;
    }

    public String getStart() {
        return start;
    }

    public void setStart(String start) {
        this.start = start;
    }

    /** Every property with its effective value, by name. */
    Map<String, String> describe() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("name", name);
        values.put("python", python);
        values.put("modulePath", modulePath);
        values.put("modules", modules);
        values.put("preload", preload);
        values.put("environment", environment);
        values.put("threadsPerWorker", threadsPerWorker.toString());
        values.put("startTimeout", startTimeout);
        values.put("callTimeout", callTimeout);
        values.put("cancelGrace", cancelGrace);
        values.put("killGrace", killGrace);
        values.put("drainTimeout", drainTimeout);
        values.put("spareWorkers", spareWorkers.toString());
        values.put("maxCalls", maxCalls.toString());
        values.put("maxAge", maxAge);
        values.put("maxMemory", maxMemory.toString());
        values.put("maxMessageSize", maxMessageSize.toString());
        values.put("start", start);
        return values;
    }
}
