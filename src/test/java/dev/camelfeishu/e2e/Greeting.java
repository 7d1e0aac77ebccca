package dev.camelfeishu.e2e;

/** A file of routes that answers {@code /greeting}. */
final class Greeting {

    private Greeting() {}

    static String from(String from) {
        return """
                - route:
                    id: greeting
                    description: Greet
                    routeConfigurationId: answer-kindly
                    from:
                      uri: feishu:command/greeting
                      steps:
                        - idempotentConsumer:
                            idempotentRepository: "#answered"
                            expression:
                              simple: "${header.CamelFeishuMessageId}/${header.CamelFeishuReplay}"
                            steps:
                              - setBody:
                                  constant: Hello from %s
                              - to:
                                  uri: feishu:message/reply
                                  parameters:
                                    deadline: 4s
                """.formatted(from);
    }
}
