package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.openapi.Bots;
import dev.camelfeishu.openapi.EndpointCatalog;
import dev.camelfeishu.openapi.FeishuClients;
import dev.camelfeishu.openapi.LocalTurns;
import dev.camelfeishu.openapi.SdkFeishuClient;
import dev.camelfeishu.sync.Pairs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A program that uploads and downloads a file through the component, started with a heap smaller than the file. */
final class StreamedFile {

    static final int SIZE = 29 * 1024 * 1024;
    static final int HEAP_MB = 26;

    private StreamedFile() {}

    /** Bytes that are made while they are read. */
    private static final class Made extends InputStream {
        private final Random random = new Random(7);
        private int left = SIZE;

        @Override
        public int read() {
            return left-- > 0 ? random.nextInt(256) : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = Math.min(length, left);
            for (int i = 0; i < count; i++) {
                into[offset + i] = (byte) random.nextInt(256);
            }
            left -= count;
            return count;
        }
    }

    public static void main(String[] arguments) throws Exception {
        SdkFeishuClient client = new SdkFeishuClient(
                new BaseUrl(arguments[0]),
                new AppCredentials(SandboxRoutes.APP_ID, SandboxRoutes.APP_SECRET),
                EndpointCatalog.packed(),
                new LocalTurns(),
                new SimpleMeterRegistry());
        try (client;
                DefaultCamelContext camel = new DefaultCamelContext()) {
            FeishuComponent component = new FeishuComponent();
            Texts texts = new Texts("en-US", Map.of());
            component.setPlatform(new FeishuPlatform(
                    FeishuClients.of(client),
                    new Bots(FeishuClients.of(client)),
                    null,
                    null,
                    new CardTemplates(Map.of(), texts, new ObjectMapper()),
                    texts,
                    null,
                    new Pairs(List.of()),
                    null,
                    new CallbackAnswers(),
                    new CommandNames(),
                    new Apps(Map.of(Apps.DEFAULT, SandboxRoutes.APP_ID)),
                    null,
                    new CustomBots(),
                    null,
                    null));
            camel.addComponent("feishu", component);
            // as application.yaml has it: what a route may read twice does not stay in memory
            camel.getStreamCachingStrategy().setSpoolEnabled(true);
            camel.start();
            MessageDigest up = MessageDigest.getInstance("SHA-256");
            MessageDigest down = MessageDigest.getInstance("SHA-256");
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:down")
                            .to("feishu:message/file")
                            .process(file -> file.getMessage()
                                    .setBody(length(file.getMessage().getBody(InputStream.class), down)));
                }
            });
            ProducerTemplate template = camel.createProducerTemplate();
            String key = template.requestBodyAndHeader(
                            "feishu:message/upload-file",
                            new DigestInputStream(new Made(), up),
                            Exchange.FILE_NAME,
                            "large.bin",
                            JsonNode.class)
                    .asText();
            Long bytes = template.requestBodyAndHeader("direct:down", null, "CamelFeishuFileKey", key, Long.class);
            if (Arrays.equals(up.digest(), down.digest())) {
                System.out.println("came back whole: " + bytes + " bytes");
            }
        }
    }

    private static long length(InputStream file, MessageDigest digest) throws IOException {
        try (InputStream in = new DigestInputStream(file, digest)) {
            return in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
