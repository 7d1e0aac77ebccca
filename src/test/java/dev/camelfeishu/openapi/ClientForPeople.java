package dev.camelfeishu.openapi;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;

/** A client that calls in the name of people, too. */
public final class ClientForPeople {
    private ClientForPeople() {}

    public static SdkFeishuClient of(BaseUrl baseUrl, AppCredentials app, UserTokens people) {
        return new SdkFeishuClient(
                baseUrl,
                app,
                EndpointCatalog.packed(),
                new LocalTurns(),
                new SimpleMeterRegistry(),
                people,
                Clock.systemUTC());
    }
}
