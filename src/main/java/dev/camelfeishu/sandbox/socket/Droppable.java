package dev.camelfeishu.sandbox.socket;

import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.websocket.server.WsHttpUpgradeHandler;

/** The upgraded connection, which can be broken off as a network does it. Made by Tomcat, hence public. */
public final class Droppable extends WsHttpUpgradeHandler {
    private volatile SocketWrapperBase<?> wrapper;

    @Override
    public void setSocketWrapper(SocketWrapperBase<?> socketWrapper) {
        super.setSocketWrapper(socketWrapper);
        wrapper = socketWrapper;
    }

    void drop() {
        wrapper.close();
    }
}
