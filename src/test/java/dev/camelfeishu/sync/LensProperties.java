package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("A lens")
class LensProperties {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Lens TEXT = Lens.of(new FieldType.Text());
    private static final Lens AMOUNT = Lens.of(new FieldType.Decimal(2));
    private static final Lens STATUS = Lens.of(new FieldType.SingleSelect(List.of("NEW", "PAID")));
    private static final Lens TIME = Lens.of(new FieldType.DateTime());

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
