package dev.camelfeishu.sandbox;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletRegistration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.websocket.server.WsSci;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.context.SmartLifecycle;

/** The sandbox's HTTP server. Listens before any route of the application starts, and after the last has stopped. */
public final class SandboxServer implements SmartLifecycle, DisposableBean {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxServer.class);

    /** Parts of a form above this many bytes go to disk. */
    private static final int IN_MEMORY = 64 * 1024;

    private final SandboxProperties properties;
    private final Platform platform;
    private final Map<String, Servlet> others;
    private volatile WebServer server;

    /**
     * @param others further servlets, by path
     */
    SandboxServer(SandboxProperties properties, Platform platform, Map<String, Servlet> others) {
        this.properties = properties;
        this.platform = platform;
        this.others = Map.copyOf(others);
    }

    /** The port on which it listens. */
    public int port() {
        return server == null ? properties.port() : server.getPort();
    }

    @Override
    public void start() {
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(properties.port());
        factory.setRegisterDefaultServlet(false);
        try {
            factory.setAddress(InetAddress.getByName(properties.address()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("feishu.sandbox.address is not an address of this machine", e);
        }
        factory.addContextValves(new DropValve());
        factory.addContextCustomizers(context -> {
            ErrorReportValve reports = new ErrorReportValve();
            reports.setShowReport(false);
            reports.setShowServerInfo(false);
            context.getParent().getPipeline().addValve(reports);
            context.addServletContainerInitializer(new WsSci(), null);
        });
        // a refused upload is read to its end, so that its sender sees the refusal
        factory.addConnectorCustomizers(connector -> connector.setProperty("maxSwallowSize", "-1"));
        WebServer started = factory.getWebServer(context -> {
            ServletRegistration.Dynamic servlet = context.addServlet("sandbox", platform);
            servlet.setMultipartConfig(new MultipartConfigElement("", -1, ServletForm.MAX, IN_MEMORY));
            servlet.addMapping("/");
            others.forEach((path, other) -> context.addServlet(path, other).addMapping(path));
        });
        started.start();
        server = started;
        LOG.info("The Feishu sandbox listens on http://{}:{}", properties.address(), started.getPort());
    }

    @Override
    public void stop() {
        WebServer running = server;
        server = null;
        if (running != null) {
            running.stop();
            running.destroy();
        }
    }

    /** A start that fails elsewhere ends without a stop. */
    @Override
    public void destroy() {
        stop();
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 1000;
    }
}
