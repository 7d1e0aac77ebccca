package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;

/**
 * What a first link would do, found out without writing anything.
 *
 * @param makes what it would make in the Base first: a table, fields
 * @param rows of the SQL side
 * @param records of the Bitable side
 * @param linked rows that are linked already
 * @param link rows that would be linked with a record that is there
 * @param create records that would be made
 * @param insert rows that would be made of records
 * @param leftAlone records that belong to no row: blank key, unknown key, copies
 * @param fillBitable empty cells of Bitable that would take the row's value
 * @param fillSql empty columns of SQL that would take the record's value
 * @param overwriteBitable cells of Bitable whose value would give way, kept in the journal
 * @param overwriteSql columns of SQL whose value would give way, kept in the journal
 * @param conflicts values of columns that both sides may change: the policy of the column decides, or a person will
 * @param unwritable cells that the other side cannot take
 * @param calls to Feishu
 * @param minutes that they take at one write a second and the published rate of reads
 * @param monthlyShare percent of a month's calls, null when feishu.monthly-budget is not set
 * @param samples of what would be overwritten
 */
public record Preview(
        Instant at,
        List<String> makes,
        long rows,
        long records,
        long linked,
        long link,
        long create,
        long insert,
        @JsonProperty("left_alone") long leftAlone,
        @JsonProperty("fill_bitable") long fillBitable,
        @JsonProperty("fill_sql") long fillSql,
        @JsonProperty("overwrite_bitable") long overwriteBitable,
        @JsonProperty("overwrite_sql") long overwriteSql,
        long conflicts,
        long unwritable,
        long calls,
        double minutes,
        @JsonProperty("monthly_share") Double monthlyShare,
        List<Sample> samples) {

    /**
     * A value that would give way.
     *
     * @param side that loses it: sql or bitable
     */
    public record Sample(String key, String column, String side, String losing, String winning) {}

    public Preview {
        makes = List.copyOf(makes);
        samples = List.copyOf(samples);
    }

    @Override
    public String toString() {
        return "links " + link + " rows with records that are there, makes " + create + " records and " + insert
                + " rows, overwrites "
                + overwriteBitable + " cells of Bitable and " + overwriteSql + " values of SQL (" + conflicts
                + " conflicts), leaves " + leftAlone + " records alone; " + calls + " calls, about "
                + Math.max(1, Math.round(minutes)) + " minute(s)"
                + (monthlyShare == null ? "" : ", " + monthlyShare + " % of a month's calls");
    }
}
