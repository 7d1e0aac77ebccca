package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Cells of every type of field")
class BitableCellTest {

    private static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");

    private static BitableCell cell(int type) {
        return new BitableCell("F", type);
    }

    private static JsonNode json(String text) {
        try {
            return FeishuConverters.JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 11, 13, 15, 17, 18, 21, 22, 23})
    @DisplayName("null clears, and an empty cell is null")
    void nothing(int type) {
        assertThat(cell(type).write(null).isNull()).isTrue();
        assertThat(cell(type).write(json("null")).isNull()).isTrue();
        assertThat(cell(type).read(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {19, 20, 24, 1001, 1002, 1003, 1004, 1005, 3001})
    @DisplayName("what the platform fills is not written")
    void readOnly(int type) {
        assertThatThrownBy(() -> cell(type).write("x")).hasMessageContaining("\"F\"");
    }

    @Test
    @DisplayName("text")
    void texts() {
        assertThat(cell(1).write("a")).isEqualTo(json("'a'"));
        assertThat(cell(1).write(new BigDecimal("1E+3"))).isEqualTo(json("'1000'"));
        assertThat(cell(1).read(json("[{'type':'text','text':'a'},{'type':'url','text':'b','link':'l'}]")))
                .isEqualTo("ab");
        assertThat(cell(13).read(json("'+86131'"))).isEqualTo("+86131");
        assertThat(cell(1005).read(json("'0001'"))).isEqualTo("0001");
        assertThatThrownBy(() -> cell(1).write(List.of("a"))).hasMessageContaining("takes a text");
    }

    @Test
    @DisplayName("numbers, exactly")
    void numbers() {
        assertThat(cell(2).write("12.50")).isEqualTo(json("12.50"));
        assertThat(cell(2).write(7).decimalValue()).isEqualByComparingTo("7");
        assertThat(cell(2).read(json("0.1"))).isEqualTo(new BigDecimal("0.1"));
        assertThatThrownBy(() -> cell(2).write("secret"))
                .hasMessageContaining("takes a number")
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("choices")
    void choices() {
        assertThat(cell(3).write("New")).isEqualTo(json("'New'"));
        assertThat(cell(3).read(json("'New'"))).isEqualTo("New");
        assertThat(cell(4).write("one")).isEqualTo(json("['one']"));
        assertThat(cell(4).write(new String[] {"a", "b"})).isEqualTo(json("['a','b']"));
        assertThat(cell(4).read(json("['a','b']"))).isEqualTo(List.of("a", "b"));
    }

    @Test
    @DisplayName("dates and times, of whatever kind")
    void dates() {
        JsonNode noon = cell(5).write(NOON);
        assertThat(noon.longValue()).isEqualTo(NOON.toEpochMilli());
        assertThat(cell(5).read(noon)).isEqualTo(NOON);
        for (Object same : List.of(
                Date.from(NOON),
                NOON.toEpochMilli(),
                Long.toString(NOON.toEpochMilli()),
                OffsetDateTime.parse("2026-02-03T13:00:00+01:00"),
                "2026-02-03T20:00:00+08:00",
                NOON.atZone(ZoneId.systemDefault()).toLocalDateTime())) {
            assertThat(cell(5).write(same)).as(same.toString()).isEqualTo(noon);
        }
        long midnight = LocalDate.of(2026, 2, 3)
                .atStartOfDay(ZoneId.systemDefault())
                .toInstant()
                .toEpochMilli();
        assertThat(cell(5).write("2026-02-03").longValue()).isEqualTo(midnight);
        assertThat(cell(1002).read(noon)).isEqualTo(NOON);
        assertThatThrownBy(() -> cell(5).write("yesterday")).hasMessageContaining("ISO 8601");
    }

    @Test
    @DisplayName("check boxes")
    void flags() {
        assertThat(cell(7).write(true)).isEqualTo(json("true"));
        assertThat(cell(7).write("false")).isEqualTo(json("false"));
        assertThat(cell(7).read(json("false"))).isEqualTo(false);
        assertThatThrownBy(() -> cell(7).write("yes")).hasMessageContaining("true or false");
    }

    @Test
    @DisplayName("people and groups by their ids, whole maps too")
    void people() {
        JsonNode read = json("[{'id':'ou_1','name':'Li'},{'id':'ou_2'}]");
        assertThat(cell(11).read(read)).isEqualTo(List.of("ou_1", "ou_2"));
        assertThat(cell(11).write(cell(11).read(read))).isEqualTo(json("[{'id':'ou_1'},{'id':'ou_2'}]"));
        assertThat(cell(11).write("ou_1")).isEqualTo(json("[{'id':'ou_1'}]"));
        assertThat(cell(23).write(List.of(Map.of("id", "oc_1", "name", "x")))).isEqualTo(json("[{'id':'oc_1'}]"));
        assertThat(cell(1003).read(json("{'id':'ou_1'}"))).isEqualTo(List.of("ou_1"));
    }

    @Test
    @DisplayName("links to records, to addresses, to files and to places")
    void links() {
        assertThat(cell(18).read(json("{'link_record_ids':['rec1']}"))).isEqualTo(List.of("rec1"));
        assertThat(cell(21).write("rec1")).isEqualTo(json("['rec1']"));
        assertThat(cell(18).write(json("{'link_record_ids':['rec1']}"))).isEqualTo(json("['rec1']"));
        assertThat(cell(15).write("https://a")).isEqualTo(json("{'text':'https://a','link':'https://a'}"));
        assertThat(cell(15).write(cell(15).read(json("{'text':'A','link':'https://a'}"))))
                .isEqualTo(json("{'link':'https://a','text':'A'}"));
        assertThat(cell(17).write(cell(17).read(json("[{'file_token':'box1','name':'n','size':1}]"))))
                .isEqualTo(json("[{'file_token':'box1'}]"));
        assertThat(cell(17).write("box1")).isEqualTo(json("[{'file_token':'box1'}]"));
        assertThat(cell(22).write(cell(22).read(json("{'location':'116.3,40.0','name':'x'}"))))
                .isEqualTo(json("'116.3,40.0'"));
    }

    @Test
    @DisplayName("formulas and look-ups by the type they have")
    void computed() {
        assertThat(cell(20).read(json("{'type':2,'value':[1.5]}"))).isEqualTo(List.of(new BigDecimal("1.5")));
        assertThat(cell(19).read(json("{'type':5,'value':[%d]}".formatted(NOON.toEpochMilli()))))
                .isEqualTo(List.of(NOON));
        assertThat(cell(19).read(json("{'type':1,'value':[{'type':'text','text':'a'}]}")))
                .isEqualTo(List.of("a"));
        assertThat(cell(19).read(json("{'type':11,'value':[{'id':'ou_1'}]}"))).isEqualTo(List.of("ou_1"));
    }
}
