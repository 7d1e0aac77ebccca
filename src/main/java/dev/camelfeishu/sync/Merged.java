package dev.camelfeishu.sync;

/**
 * What a cycle did.
 *
 * @param created records made in Bitable
 * @param updated records changed in Bitable
 * @param deleted records deleted in Bitable
 * @param written rows changed in SQL
 * @param unchanged rows that needed nothing
 * @param parked rows and records found that are left alone
 * @param deferred marks that are tried again later
 * @param problem why something is tried again later, or null
 */
public record Merged(
        int created, int updated, int deleted, int written, int unchanged, int parked, int deferred, String problem) {

    Merged and(Merged next) {
        return new Merged(
                created + next.created,
                updated + next.updated,
                deleted + next.deleted,
                written + next.written,
                unchanged + next.unchanged,
                parked + next.parked,
                deferred + next.deferred,
                problem == null ? next.problem : problem);
    }
}
