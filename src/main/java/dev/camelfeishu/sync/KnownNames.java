package dev.camelfeishu.sync;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the SQL side calls the people and records that the records of one cycle name, looked up at once. */
final class KnownNames {

    private final Map<String, Directory> directories;
    private final Map<String, Map<String, String>> known = new HashMap<>();

    KnownNames(
            Map<String, Directory> directories,
            List<ColumnMapping> columns,
            PairSchema.Snapshot fields,
            Collection<BitableTable.Remote> records) {
        this.directories = directories;
        for (var column : columns) {
            var directory = directories.get(column.name());
            if (directory != null && column.owner() != ColumnMapping.Owner.SQL && fields.has(column)) {
                Set<String> ids = new HashSet<>();
                for (var remote : records) {
                    var reading = fields.read(column, remote);
                    if (reading.valid()) {
                        ids.addAll(SqlTable.ids(column, reading.value()));
                    }
                }
                known.put(column.name(), ids.isEmpty() ? Map.of() : directory.names(ids));
            }
        }
    }

    /** The first of the ids in the value that SQL has no name for, or null. */
    String unknown(ColumnMapping column, String canonical) {
        var names = known.get(column.name());
        return names == null
                ? null
                : SqlTable.ids(column, canonical).stream()
                        .filter(id -> !names.containsKey(id))
                        .findFirst()
                        .orElse(null);
    }

    /** Why, as the end of a sentence that begins with the id. */
    String why(ColumnMapping column) {
        return directories.get(column.name()).unknown();
    }

    /** What has to be linked first, if another pair may do that. */
    Optional<List<SyncStore.Awaited>> awaited(ColumnMapping column, Collection<String> names) {
        return Optional.ofNullable(directories.get(column.name()))
                .map(Directory::awaits)
                .map(pair -> names.stream()
                        .map(name -> new SyncStore.Awaited(pair, name))
                        .toList());
    }
}
