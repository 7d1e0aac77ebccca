package dev.camelfeishu.component;

import org.apache.camel.Exchange;

/** What a producer does with an exchange: reads its body, its headers and the endpoint's options, sets its body. */
@FunctionalInterface
interface Action {
    void run(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform);
}
