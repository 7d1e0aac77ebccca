package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.sync.ColumnMapping.Owner;
import dev.camelfeishu.sync.ColumnMapping.Winner;
import dev.camelfeishu.sync.ThreeWayMerge.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

@Label("The decision of one column")
class ThreeWayMergeProperties {

    private static final List<String> OPTIONS = List.of("NEW", "PAID", "DONE");

    /** Where one column stands: what was agreed on (null: never met) and what both sides hold. */
    record State(Agreed shadow, String sql, String bitable) {}

    /** The state after the decision is carried out, and the losses it reported. */
    record Outcome(State state, Decision decision, List<Decision.Loss> losses) {}

    private static Reading sql(ColumnMapping column, String value) {
        return column.lens().fromSql(value);
    }

    private static Reading bitable(ColumnMapping column, String value) {
        return column.lens().fromBitable(column.lens().toBitable(value));
    }

    private static Outcome carryOut(ColumnMapping column, State state) {
        var decision = ThreeWayMerge.decide(
                column,
                state.shadow(),
                Side.of(sql(column, state.sql())),
                Side.of(bitable(column, state.bitable())),
                () -> Batch.Side.SQL);
        var losses = new ArrayList<Decision.Loss>();
        if (decision instanceof Decision.Agree agree) {
            return new Outcome(new State(agree.agreed(), state.sql(), state.bitable()), decision, losses);
        } else if (decision instanceof Decision.ToBitable write) {
            if (write.loss() != null) {
                losses.add(write.loss());
            }
            return new Outcome(
                    new State(new Agreed(state.sql(), write.value()), state.sql(), write.value()), decision, losses);
        } else if (decision instanceof Decision.ToSql write) {
            if (write.loss() != null) {
                losses.add(write.loss());
            }
            return new Outcome(
                    new State(new Agreed(write.value(), state.bitable()), write.value(), state.bitable()),
                    decision,
                    losses);
        }
        return new Outcome(state, decision, losses);
    }

    @Property
    @Label("makes both sides equal in one step, and then has nothing to do")
    void converges(@ForAll("columns") ColumnMapping column, @ForAll("states") State state) {
        var outcome = carryOut(column, state);
        if (!(outcome.decision() instanceof Decision.Keep)) {
            assertThat(outcome.state().sql()).isEqualTo(outcome.state().bitable());
        }
        var again = carryOut(column, outcome.state());
        assertThat(again.decision()).isInstanceOf(Decision.Keep.class);
        assertThat(again.state()).isEqualTo(outcome.state());
    }

    @Property
    @Label("reports every value that goes although nobody agreed to that")
    void losesNothingSilently(@ForAll("columns") ColumnMapping column, @ForAll("states") State state) {
        var outcome = carryOut(column, state);
        var gone = new ArrayList<String>();
        if (!Objects.equals(outcome.state().sql(), state.sql()) && newValue(state.sql(), agreedSql(state))) {
            gone.add(state.sql());
        }
        if (!Objects.equals(outcome.state().bitable(), state.bitable())
                && newValue(state.bitable(), agreedBitable(state))) {
            gone.add(state.bitable());
        }
        assertThat(outcome.losses().stream().map(Decision.Loss::losing).toList())
                .containsAll(gone);
    }

    private static boolean newValue(String value, String agreed) {
        return value != null && !value.equals(agreed);
    }

    private static String agreedSql(State state) {
        return state.shadow() == null ? null : state.shadow().sql();
    }

    private static String agreedBitable(State state) {
        return state.shadow() == null ? null : state.shadow().bitable();
    }

    @Property
    @Label("never changes a column that the ERP owns, and never leaves a foreign status in Bitable")
    void keepsTheRules(@ForAll("columns") ColumnMapping column, @ForAll("states") State state) {
        var outcome = carryOut(column, state);
        if (column.owner() == Owner.SQL) {
            assertThat(outcome.state().sql()).isEqualTo(state.sql());
        }
        if (column.required() && !(outcome.decision() instanceof Decision.Keep)) {
            assertThat(OPTIONS).contains(outcome.state().sql());
            assertThat(outcome.state().bitable()).isEqualTo(outcome.state().sql());
        }
    }

    @Property
    @Label("gives the same end in whatever order the columns are worked on")
    void orderDoesNotMatter(
            @ForAll @Size(max = 6) List<@net.jqwik.api.From("states") State> states,
            @ForAll("columns") ColumnMapping column,
            @ForAll Random random) {
        var forward = new LinkedHashMap<Integer, State>();
        for (var i = 0; i < states.size(); i++) {
            forward.put(i, carryOut(column, states.get(i)).state());
        }
        var order = new ArrayList<>(forward.keySet());
        Collections.shuffle(order, random);
        Map<Integer, State> shuffled = new LinkedHashMap<>();
        order.forEach(i -> shuffled.put(i, carryOut(column, states.get(i)).state()));
        assertThat(shuffled).isEqualTo(forward);
    }

    @Property
    @Label("takes an edit of one side over")
    void takesEditsOver(@ForAll("options") String agreed, @ForAll("options") String edited) {
        var column = column(Owner.BOTH, Winner.SQL, true);
        var fromBitable = carryOut(column, new State(new Agreed(agreed, agreed), agreed, edited));
        assertThat(fromBitable.state().sql()).isEqualTo(edited);
        assertThat(fromBitable.losses()).isEmpty();
        var fromSql = carryOut(column, new State(new Agreed(agreed, agreed), edited, agreed));
        assertThat(fromSql.state().bitable()).isEqualTo(edited);
        assertThat(fromSql.losses()).isEmpty();
    }

    @Provide
    Arbitrary<String> options() {
        return Arbitraries.of(OPTIONS);
    }

    /** SQL holds one of the options (its column admits nothing else); Bitable holds anything. */
    @Provide
    Arbitrary<State> states() {
        var inBitable = Arbitraries.of("NEW", "PAID", "DONE", "WEIRD").injectNull(0.2);
        var shadow = options().map(value -> new Agreed(value, value)).injectNull(0.2);
        return net.jqwik.api.Combinators.combine(shadow, options(), inBitable).as(State::new);
    }

    @Provide
    Arbitrary<ColumnMapping> columns() {
        return Arbitraries.of(
                column(Owner.SQL, Winner.SQL, true),
                column(Owner.BOTH, Winner.SQL, true),
                column(Owner.BOTH, Winner.BITABLE, true));
    }

    private static ColumnMapping column(Owner owner, Winner winner, boolean required) {
        return new ColumnMapping("status", "Status", new FieldType.SingleSelect(OPTIONS), owner, winner, required);
    }
}
