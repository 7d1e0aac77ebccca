package dev.camelfeishu.component;

import org.apache.camel.Exchange;

/** What a producer does with an exchange: reads its body and the endpoint's options, sets its body. */
@FunctionalInterface
interface Operation {
    void run(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform);
}
