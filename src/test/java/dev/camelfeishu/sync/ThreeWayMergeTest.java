package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.sync.ColumnMapping.Owner;
import dev.camelfeishu.sync.ColumnMapping.Winner;
import dev.camelfeishu.sync.Decision.Loss;
import dev.camelfeishu.sync.Decision.Why;
import dev.camelfeishu.sync.ThreeWayMerge.Side;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The three-way merge of one column")
class ThreeWayMergeTest {

    private static final ColumnMapping NOTE =
            new ColumnMapping("note", "Note", new FieldType.Text(), Owner.BOTH, Winner.SQL, false);
    private static final ColumnMapping STATUS = new ColumnMapping(
            "status", "Status", new FieldType.SingleSelect(List.of("NEW", "PAID")), Owner.BOTH, Winner.BITABLE, true);
    private static final ColumnMapping CUSTOMER =
            new ColumnMapping("customer_name", "Customer Name", new FieldType.Text(), Owner.SQL, Winner.SQL, false);

    private static Decision decide(ColumnMapping column, Agreed shadow, String sql, String bitable) {
        return ThreeWayMerge.decide(
                column,
                shadow,
                Side.of(column.lens().fromSql(sql)),
                Side.of(column.lens().fromBitable(column.lens().toBitable(bitable))),
                () -> Batch.Side.SQL);
    }

    @Test
    @DisplayName("keeps what did not change and advances over equal changes")
    void nothingToWrite() {
        assertThat(decide(NOTE, new Agreed("a", "a"), "a", "a")).isEqualTo(new Decision.Keep());
        assertThat(decide(NOTE, new Agreed("a", "a"), "b", "b")).isEqualTo(new Decision.Agree(new Agreed("b", "b")));
        assertThat(decide(NOTE, new Agreed(null, null), "", "")).isEqualTo(new Decision.Keep());
    }

    @Test
    @DisplayName(
            "takes what a route makes of something else to Bitable when that has changed, of what SQL alone decides")
    void enriched() {
        var sql = new ThreeWayMerge.Side(Reading.of(null), Reading.of("Wuxi"));
        var bitable = ThreeWayMerge.Side.of(Reading.of("Suzhou"));
        assertThat(ThreeWayMerge.decide(CUSTOMER, new Agreed(null, "Suzhou"), sql, bitable, () -> Batch.Side.SQL))
                .isEqualTo(new Decision.ToBitable("Wuxi", null));
        assertThat(ThreeWayMerge.decide(NOTE, new Agreed(null, "Suzhou"), sql, bitable, () -> Batch.Side.SQL))
                .isEqualTo(new Decision.Keep());
    }

    @Test
    @DisplayName("lets an emptied note empty the other side")
    void emptied() {
        assertThat(decide(NOTE, new Agreed("a", "a"), "a", null)).isEqualTo(new Decision.ToSql(null, null));
        assertThat(decide(NOTE, new Agreed("a", "a"), null, "a")).isEqualTo(new Decision.ToBitable(null, null));
    }

    @Test
    @DisplayName("lets the empty side take the other's value at the first meeting")
    void firstMeeting() {
        assertThat(decide(NOTE, null, null, "b")).isEqualTo(new Decision.ToSql("b", null));
        assertThat(decide(NOTE, null, "a", null)).isEqualTo(new Decision.ToBitable("a", null));
        assertThat(decide(NOTE, null, "a", "b"))
                .isEqualTo(new Decision.ToBitable("a", new Loss("b", "a", Why.FIRST_MEETING)));
        assertThat(decide(STATUS, null, "NEW", "PAID"))
                .isEqualTo(new Decision.ToSql("PAID", new Loss("NEW", "PAID", Why.FIRST_MEETING)));
        assertThat(decide(CUSTOMER, null, "a", "b"))
                .isEqualTo(new Decision.ToBitable("a", new Loss("b", "a", Why.FIRST_MEETING)));
    }

    @Test
    @DisplayName("puts an empty status back and reports it")
    void emptyStatus() {
        assertThat(decide(STATUS, new Agreed("NEW", "NEW"), "NEW", null))
                .isEqualTo(new Decision.ToBitable("NEW", new Loss(null, "NEW", Why.INVALID)));
    }

    @Test
    @DisplayName("writes no value that is no option")
    void unwritable() {
        assertThat(decide(STATUS, new Agreed("NEW", "NEW"), "LOST", "NEW")).isInstanceOf(Decision.Unwritable.class);
    }

    @Test
    @DisplayName("takes what Bitable alone decides to SQL, puts an edit there back, and leaves what SQL cannot take")
    void bitableDecides() {
        var serial = new ColumnMapping(
                "serial",
                "Serial",
                new FieldType.Computed(FieldType.Computed.Kind.AUTO_NUMBER, new FieldType.Decimal(0)),
                Owner.BITABLE,
                Winner.BITABLE,
                false);
        assertThat(decide(serial, null, null, "7")).isEqualTo(new Decision.ToSql("7", null));
        assertThat(decide(serial, null, "6", "7"))
                .isEqualTo(new Decision.ToSql("7", new Loss("6", "7", Why.FIRST_MEETING)));
        assertThat(decide(serial, null, null, null)).isEqualTo(new Decision.Agree(new Agreed(null, null)));
        assertThat(decide(serial, new Agreed("7", "7"), "7", "7")).isEqualTo(new Decision.Keep());
        assertThat(decide(serial, new Agreed("7", "7"), "7", "8")).isEqualTo(new Decision.ToSql("8", null));
        assertThat(decide(serial, new Agreed("7", "7"), "9", "7"))
                .isEqualTo(new Decision.ToSql("7", new Loss("9", "7", Why.PUT_BACK)));
        var broken = ThreeWayMerge.decide(
                serial,
                new Agreed("7", "7"),
                Side.of(Reading.of("7")),
                Side.of(Reading.invalid("N-8", "not a number")),
                () -> Batch.Side.SQL);
        assertThat(broken).isEqualTo(new Decision.Unwritable("'N-8': not a number"));
    }

    @Test
    @DisplayName("compares through the transform: what the other side would hold counts as equal")
    void transformed() {
        var sql = new Side(Reading.of("Ada"), Reading.of("Ada Ltd"));
        var bitable = Side.of(Reading.of("Ada Ltd"));
        assertThat(ThreeWayMerge.decide(CUSTOMER, null, sql, bitable, () -> Batch.Side.SQL))
                .isEqualTo(new Decision.Agree(new Agreed("Ada", "Ada Ltd")));
        assertThat(ThreeWayMerge.decide(CUSTOMER, new Agreed("Ada", "Ada Ltd"), sql, bitable, () -> Batch.Side.SQL))
                .isEqualTo(new Decision.Keep());
    }
}
