package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.camelfeishu.sync.FieldType.Computed.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

@Label("A lens")
class LensProperties {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Lens TEXT = Lens.of(new FieldType.Text());
    private static final Lens AMOUNT = Lens.of(new FieldType.Decimal(2));
    private static final Lens STATUS = Lens.of(new FieldType.SingleSelect(List.of("NEW", "PAID")));
    private static final Lens TIME = Lens.of(new FieldType.DateTime());

    private static final Lens CHECK = Lens.of(new FieldType.Checkbox());
    private static final Lens TAGS = Lens.of(new FieldType.MultiSelect(List.of("a", "b \"c\"", "丙")));
    private static final Lens PHONE = Lens.of(new FieldType.Phone());
    private static final Lens JSON = Lens.of(new FieldType.Json());

    private static void laws(Lens lens, Object fine) {
        var coarse = lens.fromSql(fine);
        assertThat(coarse.valid()).isTrue();
        // GetPut: an unchanged coarse value never overwrites the finer one
        assertThat(lens.toSql(coarse.value(), fine)).isSameAs(fine);
        // PutGet, on both sides, whatever stood there
        assertThat(lens.fromSql(lens.toSql(coarse.value(), null)).value()).isEqualTo(coarse.value());
        assertThat(lens.fromBitable(overTheWire(lens.toBitable(coarse.value()))).value())
                .isEqualTo(coarse.value());
        assertThat(lens.norm(coarse.value())).isEqualTo(coarse.value());
    }

    private static JsonNode overTheWire(JsonNode cell) {
        try {
            return MAPPER.readTree(MAPPER.writeValueAsString(cell));
        } catch (java.io.IOException broken) {
            throw new AssertionError(broken);
        }
    }

    @Property
    @Label("for text keeps its laws")
    void text(@ForAll("texts") String text) {
        laws(TEXT, text);
    }

    @Property
    @Label("for numbers keeps its laws over every numeric(14,2)")
    void amounts(@ForAll("amounts") BigDecimal amount) {
        laws(AMOUNT, amount);
        assertThat(AMOUNT.fromSql(amount).value()).isEqualTo(amount.setScale(2).toPlainString());
    }

    @Property
    @Label("for finer numbers keeps its laws at its own scale")
    void finerNumbers(@ForAll("fine") BigDecimal number) {
        laws(AMOUNT, number);
    }

    @Property
    @Label("for moments keeps its laws, and the microseconds of the ERP")
    void moments(@ForAll("micros") long micros) {
        var moment = OffsetDateTime.ofInstant(
                Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000),
                ZoneOffset.UTC);
        laws(TIME, moment);
    }

    @Example
    @Label("for options keeps its laws and refuses other names")
    void options() {
        laws(STATUS, "NEW");
        laws(STATUS, null);
        assertThat(STATUS.fromSql("LOST").valid()).isFalse();
        assertThat(STATUS.fromBitable(MAPPER.valueToTree("new")).valid()).isFalse();
        assertThat(STATUS.fromBitable(MAPPER.valueToTree("new")).value()).isEqualTo("new");
    }

    @Example
    @Label("reads the shapes of search, of events and of writes")
    void shapes() throws java.io.IOException {
        assertThat(TEXT.fromBitable(MAPPER.readTree(
                                "[{\"type\":\"text\",\"text\":\"a \"},{\"type\":\"mention\",\"text\":\"@b\"}]"))
                        .value())
                .isEqualTo("a @b");
        assertThat(TEXT.fromBitable(MAPPER.readTree("\"plain\"")).value()).isEqualTo("plain");
        assertThat(TEXT.fromBitable(MAPPER.readTree("[]"))).isEqualTo(Reading.EMPTY);
        assertThat(TEXT.fromBitable(null)).isEqualTo(Reading.EMPTY);
        assertThat(TEXT.fromBitable(MAPPER.readTree("7")).valid()).isFalse();
        assertThat(AMOUNT.fromBitable(MAPPER.readTree("\"12.5\"")).value()).isEqualTo("12.50");
        assertThat(AMOUNT.fromBitable(MAPPER.readTree("0.1")).value()).isEqualTo("0.10");
        assertThat(AMOUNT.fromBitable(MAPPER.readTree("true")).valid()).isFalse();
        assertThat(TIME.fromBitable(MAPPER.readTree("1702455191000")).value()).isEqualTo("1702455191000");
        assertThat(TIME.fromBitable(MAPPER.readTree("\"yesterday\"")).valid()).isFalse();
        assertThat(TEXT.fromSql("")).isEqualTo(Reading.EMPTY);
        assertThat(TEXT.toSql(null, "")).isEqualTo("");
        assertThat(TEXT.toBitable(null).isNull()).isTrue();
    }

    @Property
    @Label("for numbers beyond a double keeps its laws as precisely as a double can")
    void beyondDouble(@ForAll("huge") BigDecimal number) {
        laws(AMOUNT, number);
        laws(Lens.of(new FieldType.Decimal(10)), number);
        laws(Lens.of(new FieldType.Decimal(0)), number.toBigInteger());
    }

    @Property
    @Label("for money and shares keeps its laws")
    void moneyAndShares(@ForAll("fine") BigDecimal number) {
        laws(Lens.of(new FieldType.Currency(2, "CNY")), number);
        laws(Lens.of(new FieldType.Percent(0)), number);
        laws(Lens.of(new FieldType.Percent(2)), number);
    }

    @Property
    @Label("for days keeps its laws in every zone, also where midnight does not exist")
    void days(@ForAll("zones") ZoneId zone, @ForAll("days") LocalDate day) {
        laws(Lens.of(new FieldType.Day(zone)), day);
    }

    @Property
    @Label("for times without zone keeps its laws in every zone, also where the clocks change")
    void localTimes(@ForAll("zones") ZoneId zone, @ForAll("micros") long micros) {
        var lens = Lens.of(new FieldType.LocalTime(zone));
        var time = LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1000, ZoneOffset.UTC);
        laws(lens, time);
        // from the other side: a moment somebody entered
        var entered = lens.fromBitable(LongNode.valueOf(Math.floorDiv(micros, 1000L)));
        if (entered.valid()) {
            assertThat(lens.fromSql(lens.toSql(entered.value(), null))).isEqualTo(entered);
        }
    }

    @Example
    @Label("for times without zone takes the hour that comes twice for one, and the one that never comes for the next")
    void changeOfTheClocks() {
        var berlin = Lens.of(new FieldType.LocalTime(ZoneId.of("Europe/Berlin")));
        laws(berlin, LocalDateTime.parse("2026-03-29T02:30"));
        laws(berlin, LocalDateTime.parse("2026-10-25T02:30"));
        var first = LongNode.valueOf(Instant.parse("2026-10-25T00:30:00Z").toEpochMilli());
        var second = LongNode.valueOf(Instant.parse("2026-10-25T01:30:00Z").toEpochMilli());
        assertThat(berlin.fromBitable(second)).isEqualTo(berlin.fromBitable(first));
        laws(Lens.of(new FieldType.Day(ZoneId.of("America/Sao_Paulo"))), LocalDate.parse("2018-11-04"));
    }

    @Example
    @Label("for checkboxes keeps its laws and takes empty for false")
    void checkboxes() {
        for (var value : new Object[] {true, false, null, 1, 0}) {
            laws(CHECK, value);
        }
        assertThat(CHECK.toSql(null, true)).isEqualTo(false);
        assertThat(CHECK.toSql(null, 1)).isEqualTo(0);
        assertThat(CHECK.toSql(null, null)).isNull();
        assertThat(CHECK.fromBitable(null)).isEqualTo(CHECK.fromBitable(BooleanNode.FALSE));
        assertThat(CHECK.toBitable(null)).isEqualTo(BooleanNode.FALSE);
        assertThat(CHECK.fromSql(2).valid()).isFalse();
        assertThat(CHECK.fromSql("yes").valid()).isFalse();
    }

    @Property
    @Label("for multi selects keeps its laws in any order")
    void multiSelects(@ForAll("tags") List<String> tags) {
        laws(TAGS, tags);
        var turned = new ArrayList<>(tags);
        java.util.Collections.reverse(turned);
        assertThat(TAGS.fromSql(turned)).isEqualTo(TAGS.fromSql(tags));
        assertThat(TAGS.fromSql(new ArrayList<>(List.of("a", "z"))).valid()).isFalse();
        assertThat(TAGS.fromSql("a").valid()).isFalse();
    }

    @Property
    @Label("for phones, people, links and mail addresses keeps its laws")
    void contacts(@ForAll @LongRange(min = 1) long number) {
        laws(PHONE, "+" + number);
        laws(PHONE, "(0" + number % 1000 + ") " + number / 1000 + " - 55.5");
        laws(Lens.of(new FieldType.Person()), "ou_" + Long.toHexString(number));
        laws(Lens.of(new FieldType.Url()), "https://example.com/" + number + "?q=%20a");
        laws(Lens.of(new FieldType.Email()), "a" + number + "@example.com");
    }

    @Property
    @Label("for JSON keeps its laws, and the order of members does not count")
    void json(@ForAll("texts") String text, @ForAll double number, @ForAll("fine") BigDecimal decimal) {
        var value = MAPPER.createObjectNode();
        value.put("b", text).put("a", decimal).put("n", Double.isFinite(number) ? number : 0);
        value.putArray("list").add(true).addNull().add(1e5);
        laws(JSON, value.toString());
        assertThat(JSON.fromSql("{\"b\": 100000, \"a\": [1.50]}")).isEqualTo(JSON.fromSql("{\"a\":[1.5],\"b\":1e5}"));
        assertThat(JSON.fromSql("{\"b\":").valid()).isFalse();
        assertThat(JSON.fromSql("1 2").valid()).isFalse();
        assertThat(JSON.fromSql(" ")).isEqualTo(Reading.EMPTY);
    }

    @Example
    @Label("for what it cannot take says why and keeps what it saw")
    void refusals() throws java.io.IOException {
        assertThat(PHONE.fromSql("call me").problem()).contains("telephone");
        assertThat(Lens.of(new FieldType.Person()).fromSql("Li Wei").problem()).contains("open_id");
        assertThat(Lens.of(new FieldType.Person())
                        .fromBitable(MAPPER.readTree("[{\"id\":\"ou_1\"},{\"id\":\"ou_2\"}]"))
                        .problem())
                .contains("more than one");
        assertThat(Lens.of(new FieldType.Url()).fromSql("example com").problem())
                .contains("link");
        assertThat(Lens.of(new FieldType.Email()).fromSql("nobody").problem()).contains("mail");
        assertThat(Lens.of(new FieldType.Day(ZoneOffset.UTC))
                        .fromSql(LocalDate.MAX)
                        .problem())
                .contains("year");
        assertThat(TEXT.fromSql("x".repeat(Lens.LONGEST_TEXT)).valid()).isTrue();
        assertThat(TEXT.fromSql("x".repeat(Lens.LONGEST_TEXT + 1)).problem()).contains("longer");
        assertThat(AMOUNT.fromSql(new BigDecimal("1e400")).problem()).contains("too large");
    }

    @Example
    @Label("reads the documented shapes of people, links, mail addresses, attachments and computed fields")
    void documentedShapes() throws java.io.IOException {
        assertThat(read(new FieldType.Person(), "[{\"id\":\"ou_1\",\"name\":\"Li\",\"email\":\"\"}]"))
                .isEqualTo("ou_1");
        assertThat(read(new FieldType.Url(), "{\"text\":\"shop\",\"link\":\"https://a.b\"}"))
                .isEqualTo("https://a.b");
        assertThat(read(new FieldType.Email(), "[{\"type\":\"url\",\"text\":\"a@b.c\",\"link\":\"mailto:a@b.c\"}]"))
                .isEqualTo("a@b.c");
        assertThat(read(
                        new FieldType.Attachments(),
                        "[{\"file_token\":\"box2\",\"size\":3},{\"file_token\":\"box1\"}]"))
                .isEqualTo("[\"box1\",\"box2\"]");
        assertThat(read(computed(Kind.AUTO_NUMBER, new FieldType.Text()), "\"NO-1\""))
                .isEqualTo("NO-1");
        assertThat(read(computed(Kind.FORMULA, new FieldType.Decimal(2)), "{\"type\":2,\"value\":[2.5]}"))
                .isEqualTo("2.50");
        assertThat(read(
                        computed(Kind.LOOKUP, new FieldType.Text()),
                        "{\"type\":1,\"value\":[{\"type\":\"text\",\"text\":\"x\"}]}"))
                .isEqualTo("x");
        assertThat(read(computed(Kind.FORMULA, new FieldType.Decimal(2)), "{\"type\":2,\"value\":[]}"))
                .isNull();
        assertThat(read(computed(Kind.CREATED_TIME, new FieldType.DateTime()), "1691049973000"))
                .isEqualTo("1691049973000");
        assertThat(read(computed(Kind.CREATED_BY, new FieldType.Person()), "{\"id\":\"ou_1\"}"))
                .isEqualTo("ou_1");
    }

    private static FieldType computed(Kind kind, FieldType result) {
        return new FieldType.Computed(kind, result);
    }

    private static String read(FieldType type, String cell) throws java.io.IOException {
        var reading = Lens.of(type).fromBitable(MAPPER.readTree(cell));
        assertThat(reading.valid()).isTrue();
        return reading.value();
    }

    @Property
    @Label("for people and for links keeps its laws, one or several")
    void namedThings(@ForAll("ids") List<String> ids) {
        var people = ids.stream().map(id -> "ou_" + id).toList();
        var records = ids.stream().map(id -> "rec" + id).toList();
        laws(Lens.of(new FieldType.Person(new FieldType.Person.OpenId(), true)), people);
        laws(Lens.of(new FieldType.Link("other", null, true)), records);
        laws(Lens.of(new FieldType.Link("other", "Back", true)), records);
        if (!ids.isEmpty()) {
            laws(Lens.of(new FieldType.Person()), people.get(0));
            laws(Lens.of(new FieldType.Link("other", null, false)), records.get(0));
        }
        if (ids.stream().distinct().count() > 1) {
            assertThat(Lens.of(new FieldType.Person())
                            .fromBitable(MAPPER.valueToTree(people.stream()
                                    .map(id -> java.util.Map.of("id", id))
                                    .toList()))
                            .valid())
                    .isFalse();
            assertThat(Lens.of(new FieldType.Link("other", null, false))
                            .fromSql(records)
                            .valid())
                    .isFalse();
        }
    }

    @Example
    @Label("reads a link as search shows it and as it is written")
    void linkShapes() throws java.io.IOException {
        var link = Lens.of(new FieldType.Link("other", null, true));
        assertThat(link.fromBitable(MAPPER.readTree("{\"link_record_ids\":[\"rec2\",\"rec1\"]}"))
                        .value())
                .isEqualTo("[\"rec1\",\"rec2\"]");
        assertThat(link.fromBitable(MAPPER.readTree("[\"rec1\"]")).value()).isEqualTo("[\"rec1\"]");
        assertThat(link.fromBitable(MAPPER.readTree("{\"link_record_ids\":[]}")))
                .isEqualTo(Reading.EMPTY);
        assertThat(link.fromBitable(MAPPER.readTree("\"rec1\"")).valid()).isFalse();
        assertThat(link.fromSql("C-1").valid()).isFalse();
    }

    @Provide
    Arbitrary<List<String>> ids() {
        return Arbitraries.strings()
                .alpha()
                .numeric()
                .ofMinLength(1)
                .ofMaxLength(12)
                .list()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<BigDecimal> huge() {
        return Arbitraries.bigDecimals()
                .between(new BigDecimal("-1e28"), new BigDecimal("1e28"))
                .ofScale(10);
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(ZoneId.getAvailableZoneIds().stream().sorted().toList())
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<LocalDate> days() {
        return Arbitraries.longs()
                .between(
                        LocalDate.of(1, 1, 1).toEpochDay(),
                        LocalDate.of(9999, 12, 31).toEpochDay())
                .map(LocalDate::ofEpochDay);
    }

    @Provide
    Arbitrary<List<String>> tags() {
        return Arbitraries.of("a", "b \"c\"", "丙").list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .all()
                .filter(text -> text.indexOf('\0') < 0)
                .injectNull(0.05);
    }

    @Provide
    Arbitrary<BigDecimal> amounts() {
        return Arbitraries.bigDecimals()
                .between(new BigDecimal("-999999999999.99"), new BigDecimal("999999999999.99"))
                .ofScale(2);
    }

    @Provide
    Arbitrary<BigDecimal> fine() {
        return Arbitraries.bigDecimals()
                .between(new BigDecimal("-1000000000"), new BigDecimal("1000000000"))
                .ofScale(10);
    }

    @Provide
    Arbitrary<Long> micros() {
        return Arbitraries.longs().between(-62_000_000_000_000_000L, 250_000_000_000_000_000L);
    }
}
