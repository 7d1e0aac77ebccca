package dev.camelfeishu.route;

import dev.camelfeishu.event.Ingress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The webhooks on a port of their own. Stopped before anything else is: what was taken is stored and answered, and nothing more
 * is taken.
 */
final class WebhookListener implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookListener.class);

    /** A connection from which nothing comes for so long is closed, a half sent request too. */
    private static final int IDLE_SECONDS = 60;

    /** Every answer comes sooner. */
    private static final int STOP_SECONDS = 5;

    private final Map<String, Webhook> webhooks;
    private final InetSocketAddress address;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private EventLoopGroup loops;
    private Channel listening;

    WebhookListener(Map<String, Webhook> webhooks, InetSocketAddress address) {
        this.webhooks = webhooks;
        this.address = address;
    }

    /** @throws IllegalStateException when the port cannot be had */
    @Override
    public synchronized void start() {
        // verification is all the work there is: with a loop for every second core the journal and its database have
        // the rest
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        loops = new NioEventLoopGroup(threads, new DefaultThreadFactory("webhook"));
        try {
            listening = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, 1_024)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            connections.add(channel);
                            channel.pipeline()
                                    .addLast(new IdleStateHandler(IDLE_SECONDS, 0, 0))
                                    .addLast(new HttpServerCodec())
                                    .addLast(new HttpObjectAggregator(Ingress.MAX_BODY))
                                    .addLast(new WebhookConnection(webhooks));
                        }
                    })
                    .bind(address)
                    .syncUninterruptibly()
                    .channel();
        } catch (Exception e) {
            loops.shutdownGracefully();
            throw new IllegalStateException("WEBHOOK_PORT " + address.getPort() + " cannot be listened on", e);
        }
        LOG.info("Webhooks are served on port {}", address.getPort());
    }

    @Override
    public synchronized void stop() {
        listening.close().syncUninterruptibly();
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(WebhookConnection.LAST));
        if (!connections.newCloseFuture().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("{} connections are closed before their requests were answered", connections.size());
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public synchronized boolean isRunning() {
        return listening != null && listening.isOpen();
    }

    /** The last to start is the first to stop. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
