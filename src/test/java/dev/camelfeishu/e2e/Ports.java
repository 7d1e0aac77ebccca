package dev.camelfeishu.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports that were free a moment ago. */
record Ports(int server, int management, int sandbox, int webhook) {

    static Ports free() {
        try (ServerSocket server = open();
                ServerSocket management = open();
                ServerSocket sandbox = open();
                ServerSocket webhook = open()) {
            return new Ports(
                    server.getLocalPort(), management.getLocalPort(), sandbox.getLocalPort(), webhook.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocket open() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
