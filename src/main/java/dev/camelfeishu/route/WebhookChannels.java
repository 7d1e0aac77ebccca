package dev.camelfeishu.route;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.ServerInitializerFactory;
import org.apache.camel.component.netty.http.HttpServerInitializerFactory;
import org.apache.camel.component.netty.http.NettyHttpConsumer;

/** The connections of {@code WEBHOOK_PORT}: one from which nothing comes for a minute is closed, a half sent request too. */
public final class WebhookChannels extends HttpServerInitializerFactory {

    private static final int SECONDS = 60;

    /** For the listener, which makes one of its own for itself. */
    public WebhookChannels() {
        // nothing to prepare
    }

    private WebhookChannels(NettyHttpConsumer consumer) {
        super(consumer);
    }

    @Override
    public ServerInitializerFactory createPipelineFactory(NettyConsumer consumer) {
        return new WebhookChannels((NettyHttpConsumer) consumer);
    }

    @Override
    protected void initChannel(Channel channel) throws Exception {
        super.initChannel(channel);
        channel.pipeline().addFirst(new IdleStateHandler(SECONDS, 0, 0) {
            @Override
            protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
                context.close();
            }
        });
    }
}
