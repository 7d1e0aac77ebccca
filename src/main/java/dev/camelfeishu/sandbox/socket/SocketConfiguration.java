package dev.camelfeishu.sandbox.socket;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The long connection's parts of the sandbox. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SocketProperties.class)
@Import({Connections.class, DiscoveryApi.class, Handshake.class, SocketControl.class, SocketFaults.class})
public class SocketConfiguration {}
