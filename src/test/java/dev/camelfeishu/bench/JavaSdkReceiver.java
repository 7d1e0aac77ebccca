package dev.camelfeishu.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.lark.oapi.core.request.EventReq;
import com.lark.oapi.core.response.EventResp;
import com.lark.oapi.event.CustomEventHandler;
import com.lark.oapi.event.EventDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.slf4j.LoggerFactory;

/** The official Java SDK as its users run it: an EventDispatcher in a servlet on Tomcat. Stores nothing. */
final class JavaSdkReceiver {

    private JavaSdkReceiver() {}

    public static void main(String[] arguments) throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.SEVERE);
        EventDispatcher dispatcher = EventDispatcher.newBuilder(arguments[1], arguments[0])
                .onCustomizedEvent(arguments[2], new CustomEventHandler() {
                    @Override
                    public void handle(EventReq event) {
                        // received; nothing is stored
                    }
                })
                .build();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("bench-tomcat").toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "events", new EventServlet(dispatcher));
        context.addServletMappingDecoded(SealedEvents.PATH, "events");
        tomcat.getConnector();
        tomcat.start();
        System.out.println("port " + tomcat.getConnector().getLocalPort());
        while (System.in.read() >= 0) {
            // until the input ends
        }
        tomcat.stop();
    }

    /** What the SDK's servlet extension does, for the servlet API of today. */
    private static final class EventServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient EventDispatcher dispatcher;

        EventServlet(EventDispatcher dispatcher) {
            this.dispatcher = dispatcher;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            EventReq event = new EventReq();
            Map<String, List<String>> headers = new HashMap<>();
            for (String name : Collections.list(request.getHeaderNames())) {
                headers.put(name.toLowerCase(Locale.ROOT), Collections.list(request.getHeaders(name)));
            }
            event.setHeaders(headers);
            event.setBody(request.getInputStream().readAllBytes());
            event.setHttpPath(request.getRequestURI());
            try {
                EventResp answer = dispatcher.handle(event);
                response.setStatus(answer.getStatusCode());
                answer.getHeaders().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
                if (answer.getBody() != null) {
                    response.getOutputStream().write(answer.getBody());
                }
            } catch (Throwable e) {
                throw new IOException(e);
            }
        }
    }
}
