package dev.camelfeishu.sync;

import java.util.Objects;

/**
 * Decides whether a row and its record stay, go or come back, before any of their columns is looked at. A row is never deleted
 * after one look that did not find its record: a second look must agree, at least the declared time later, while another
 * record of the table could be read. An edit wins over a deletion where both sides may delete.
 */
final class Existence {

    private final Cycle cycle;
    private final PairDeclaration.Deletes deletes;

    Existence(Cycle cycle) {
        this.cycle = cycle;
        this.deletes = cycle.declaration.deletes();
    }

    /** Answers whether that was all there is to decide about the row. */
    boolean settles(Work work) {
        if (work.row == null) {
            withoutRow(work);
            return true;
        }
        if (work.remote != null) {
            return !cycle.admits(work.remote) && outside(work);
        }
        if (work.link == null || work.link.recordId() == null) {
            work.left = !cycle.declaration.creates().contains(Batch.Side.SQL)
                    && (work.link == null || work.link.state() != Link.State.CREATING);
            return work.left;
        }
        return withoutRecord(work);
    }

    private void withoutRow(Work work) {
        var link = work.link;
        if (link == null || link.absences() < 2 && !Link.APPROVED.equals(link.deletion())) {
            return;
        }
        if (work.remote == null) {
            // nothing is left of either
            work.delete = Link.APPROVED.equals(link.deletion())
                    || link.recordId() != null && !deletes.policy().contains(Batch.Side.SQL);
        } else if (Link.APPROVED.equals(link.deletion())
                && !(deletes.policy().contains(Batch.Side.BITABLE) && editedInBitable(work))) {
            work.delete = true;
        } else if (deletes.policy().contains(Batch.Side.BITABLE)
                && !Link.WAITING.equals(link.deletion())
                && !Link.REFUSED.equals(link.deletion())
                && !Link.OUTSIDE.equals(link.deletion())) {
            cycle.newcomers.add(new Newcomer(link, link.key(), work.remote, null));
        }
    }

    private boolean editedInBitable(Work work) {
        return cycle.declaration.columns().stream()
                .filter(column -> cycle.fields.has(column) && column.owner() != ColumnMapping.Owner.SQL)
                .anyMatch(column -> {
                    var agreed = work.link.agreed(column.name());
                    return agreed != null
                            && !Objects.equals(
                                    agreed.bitable(),
                                    cycle.fields.read(column, work.remote).value());
                });
    }

    private boolean editedInSql(Work work) {
        return cycle.declaration.columns().stream()
                .filter(column -> column.owner() != ColumnMapping.Owner.BITABLE)
                .anyMatch(column -> {
                    var agreed = work.link.agreed(column.name());
                    return agreed != null
                            && !Objects.equals(
                                    agreed.sql(),
                                    work.row.canonical().get(column.name()).value());
                });
    }

    private boolean outside(Work work) {
        if (work.link == null || work.link.recordId() == null) {
            work.left = true;
            return true;
        }
        if (deletes.leaving() && deletes.policy().contains(Batch.Side.BITABLE)) {
            return withoutRecord(work);
        }
        work.unwritable.add("its record is outside the filter of the pair; both stay as they are");
        return true;
    }

    private boolean withoutRecord(Work work) {
        var link = work.link;
        if (!deletes.policy().contains(Batch.Side.BITABLE)) {
            if (deletes.policy().isEmpty()) {
                work.unwritable.add("its record was deleted in Bitable, and deletions do not reach "
                        + cycle.declaration.sql().source() + "; delete the row, or link it with a new record");
            }
            return deletes.policy().isEmpty();
        }
        if (Link.REFUSED.equals(link.deletion())) {
            return false;
        }
        if (work.remote == null && editedInSql(work)) {
            work.outlived = link.recordId();
            return false;
        }
        var now = cycle.clock.instant();
        var since = cycle.missing.get(link.pairId());
        var due = (since == null ? now : since).plus(deletes.compare());
        if (since == null || now.isBefore(due)) {
            work.missing = since == null;
            work.due = due;
        } else if (Link.APPROVED.equals(link.deletion())) {
            work.deleteRow = true;
        } else if (Link.WAITING.equals(link.deletion()) || !cycle.readable || cycle.missed > cycle.guard) {
            work.waits = true;
            work.left = true;
        } else {
            work.deleteRow = true;
        }
        return true;
    }
}
