package dev.camelfeishu.sandbox.socket;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * The WebSocket's upgrade. A refusal has its reason in {@code handshake-status} (514, 403), {@code handshake-msg} and
 * {@code handshake-autherrcode}; its HTTP status is not documented: 403.
 */
public final class Handshake {
    /** Where clients are sent. */
    public static final String PATH = "/ws/v2";

    private static final int AUTH_FAILED = 514;
    private static final long TOO_MANY_CONNECTIONS = 1000040350L;

    private final Connections connections;

    public Handshake(Connections connections) {
        this.connections = connections;
    }

    /** For the sandbox's own server; no bean, which the application's server would serve too. */
    public Servlet servlet() {
        return new Upgrade(connections);
    }

    private static final class Upgrade extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient Connections connections;

        private Upgrade(Connections connections) {
            this.connections = connections;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            Optional<SocketFaults.Refused> fault = connections.faults().nextHandshake();
            String service = request.getParameter("service_id");
            if (fault.isPresent()) {
                refuse(response, fault.get().code(), fault.get().authErrCode(), "injected fault");
            } else if (!connections.take(request.getParameter("ticket"))
                    || request.getParameter("device_id") == null
                    || service == null
                    || !service.matches("\\d{1,9}")) {
                refuse(response, AUTH_FAILED, 0, "auth failed");
            } else if (connections.full()) {
                refuse(response, AUTH_FAILED, TOO_MANY_CONNECTIONS, "the number of connections exceeded the limit");
            } else {
                upgrade(request, response, request.getParameter("device_id"), Integer.parseInt(service));
            }
        }

        private static void refuse(HttpServletResponse response, int status, long authErrCode, String msg) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            response.setHeader("handshake-status", Integer.toString(status));
            response.setHeader("handshake-msg", msg);
            if (authErrCode != 0) {
                response.setHeader("handshake-autherrcode", Long.toString(authErrCode));
            }
        }

        private void upgrade(HttpServletRequest request, HttpServletResponse response, String device, int service)
                throws ServletException, IOException {
            Droppable[] transport = new Droppable[1];
            HttpServletRequest droppable = new HttpServletRequestWrapper(request) {
                @Override
                public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws IOException, ServletException {
                    transport[0] = super.upgrade(Droppable.class);
                    return type.cast(transport[0]);
                }
            };
            ServerEndpointConfig config = ServerEndpointConfig.Builder.create(Connection.class, PATH)
                    .configurator(new ServerEndpointConfig.Configurator() {
                        @Override
                        public <T> T getEndpointInstance(Class<T> type) {
                            return type.cast(new Connection(connections, transport[0], device, service));
                        }
                    })
                    .build();
            var container = (ServerContainer) getServletContext().getAttribute(ServerContainer.class.getName());
            try {
                container.upgradeHttpToWebSocket(droppable, response, config, Map.of());
            } catch (DeploymentException e) {
                throw new ServletException(e);
            }
        }
    }
}
