package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The cards and texts of config/, and values that fill each card. */
final class ShippedCards {

    static final ObjectMapper JSON = new ObjectMapper();
    static final List<String> LOCALES = List.of("zh-CN", "en-US");

    private ShippedCards() {}

    static Texts texts(String locale) {
        return Texts.read(locale, content(Path.of("config", "texts", locale + ".yaml")));
    }

    static CardTemplates templates(String locale) {
        return new CardTemplates(cards(), texts(locale), JSON, ZoneId.of("Asia/Shanghai"));
    }

    static Map<String, String> cards() {
        var cards = new LinkedHashMap<String, String>();
        try (var files = Files.list(Path.of("config", "cards"))) {
            files.sorted()
                    .forEach(file -> cards.put(file.getFileName().toString().replace(".json", ""), content(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cards;
    }

    static Map<String, Object> values(String card) {
        var values = new HashMap<String, Object>();
        switch (card) {
            case "order" -> {
                values.put("order_id", "SO-1001");
                values.put("customer_name", "上海远景贸易有限公司");
                values.put("amount", new BigDecimal("1234.50"));
                values.put("status", "PAID");
                values.put("note", "周五前送达");
                values.put("created_at", Instant.parse("2025-03-01T02:03:04Z"));
            }
            case "purchase-approval", "purchase-decided" -> {
                values.put("title", "笔记本电脑 10 台");
                values.put("reason", "新员工入职");
                values.put("amount", new BigDecimal("60000.00"));
                values.put("currency", "CNY");
                values.put("applicant_open_id", "ou_5a1d0000000000000000000000000001");
                values.put("instance_code", "81D31358-93AF-92D6-7425-01A5D67C4E71");
                values.put("task_id", "7100000000000000001");
                values.put("detail_url", "https://example.com/approval?id=81D31358");
                values.put("result", "APPROVED");
                values.put("decided_by", "ou_5a1d0000000000000000000000000002");
                values.put("decided_at", Instant.parse("2025-03-01T05:00:00Z"));
            }
            case "dead-letter" -> {
                values.put("flow", "bot-order");
                values.put("cause", "ERP did not answer within 5 s");
                values.put("reference", "42");
                values.put("id", 7L);
                values.put("time", Instant.parse("2025-03-01T05:00:00Z"));
            }
            case "alert" -> {
                values.put("id", 7L);
                values.put("title", "Events wait too long");
                values.put("mend", "Look at the route.");
                values.put("lines", "bot-order: 12 waiting, the oldest for 75 s");
                values.put("since", Instant.parse("2025-03-01T05:00:00Z"));
                values.put("closed", null);
                values.put("muted", null);
                values.put("open", true);
                values.put("state", "open");
                values.put("retries", true);
                values.put("replays", true);
                values.put("mutes", true);
            }
            case "help" -> {}
            default -> throw new IllegalArgumentException("no values for the card " + card);
        }
        return values;
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
