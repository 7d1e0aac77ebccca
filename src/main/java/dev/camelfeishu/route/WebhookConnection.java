package dev.camelfeishu.route;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to {@code WEBHOOK_PORT}. Requests are answered one after the other, in the order they came in; while one waits,
 * no more are read than came with it.
 */
final class WebhookConnection extends SimpleChannelInboundHandler<FullHttpRequest> {

    /** Tells a connection that it ends with the answer it waits for. */
    static final Object LAST = new Object();

    private static final Logger LOG = LoggerFactory.getLogger(WebhookConnection.class);

    private final Map<String, Webhook> webhooks;
    private final Queue<FullHttpRequest> next = new ArrayDeque<>();
    private boolean busy;
    private boolean ends;

    WebhookConnection(Map<String, Webhook> webhooks) {
        this.webhooks = webhooks;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (ends) {
            return;
        }
        if (busy) {
            next.add(request.retain());
            context.channel().config().setAutoRead(false);
        } else {
            receive(context, request);
        }
    }

    private void receive(ChannelHandlerContext context, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            ends = true;
            answer(context, empty(HttpResponseStatus.BAD_REQUEST));
            return;
        }
        ends |= !HttpUtil.isKeepAlive(request);
        String uri = request.uri();
        int query = uri.indexOf('?');
        Webhook webhook = webhooks.get(query < 0 ? uri : uri.substring(0, query));
        if (webhook == null) {
            answer(context, empty(HttpResponseStatus.NOT_FOUND));
        } else if (!request.method().equals(HttpMethod.POST)) {
            FullHttpResponse refusal = empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
            refusal.headers().set(HttpHeaderNames.ALLOW, HttpMethod.POST);
            answer(context, refusal);
        } else {
            busy = true;
            webhook.receive(ByteBufUtil.getBytes(request.content()), request.headers()::get)
                    .thenAccept(answer -> context.executor().execute(() -> answered(context, answer)));
        }
    }

    private void answered(ChannelHandlerContext context, WebhookAnswer answer) {
        busy = false;
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, WebhookAnswer.CONTENT_TYPE)
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        answer(context, response);
        while (!busy && !ends && !next.isEmpty()) {
            FullHttpRequest request = next.poll();
            try {
                receive(context, request);
            } finally {
                request.release();
            }
        }
        if (!busy) {
            context.channel().config().setAutoRead(true);
        }
    }

    private void answer(ChannelHandlerContext context, FullHttpResponse response) {
        if (ends) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        } else {
            context.writeAndFlush(response, context.voidPromise());
        }
    }

    private static FullHttpResponse empty(HttpResponseStatus status) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        return response;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == LAST) {
            ends = true;
            if (!busy) {
                context.close();
            }
        } else if (event instanceof IdleStateEvent) {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        next.forEach(ReferenceCountUtil::release);
        next.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("A connection failed", cause);
        context.close();
    }
}
