// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import org.jboss.as.controller.client.ModelControllerClient;
import org.jboss.as.controller.client.helpers.standalone.ServerDeploymentHelper;
import org.jboss.as.controller.client.helpers.standalone.ServerDeploymentHelper.ServerDeploymentException;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** An application beside Serpentry on a running server, and somebody who asks it. */
public final class OutsideApp {

    private final RunningServer server;
    private final String war;
    private final RestUser user;

    private OutsideApp(RunningServer server, String war, RestUser user) {
        this.server = server;
        this.war = war;
        this.user = user;
    }

    /** Deploys it, and gives it with a user who does not say who he is. A server that is started anew has it no more. */
    public static OutsideApp deployed(RunningServer server, WebArchive war) throws IOException {
        try (ModelControllerClient client = client(server);
                InputStream content = war.as(ZipExporter.class).exportAsInputStream()) {
            new ServerDeploymentHelper(client).deploy(war.getName(), content);
        } catch (ServerDeploymentException e) {
            throw new AssertionError(e);
        }
        return new OutsideApp(server, war.getName(), RestUser.anonymous(server));
    }

    public void undeploy() throws IOException {
        try (ModelControllerClient client = client(server)) {
            new ServerDeploymentHelper(client).undeploy(war);
        } catch (ServerDeploymentException e) {
            throw new AssertionError(e);
        }
    }

    private static ModelControllerClient client(RunningServer server) throws IOException {
        return ModelControllerClient.Factory.create("localhost", server.managementPort());
    }

    /** The same application, asked by somebody else. */
    public OutsideApp as(RestUser other) {
        return new OutsideApp(server, war, other);
    }

    /** Throws {@link java.io.UncheckedIOException} if the server ends before it has answered. */
    public RestAnswer send(String method, String path) {
        return user.send(method, server.anyUri("/" + war.replace(".war", "") + path), BodyPublishers.noBody());
    }

    /** The answer to a request that is served. */
    public String text(String method, String path) {
        RestAnswer answer = send(method, path);
        if (answer.status() != 200) {
            throw new AssertionError(
                    method + " " + path + " was answered with " + answer.status() + ": " + answer.body());
        }
        return answer.body();
    }
}
