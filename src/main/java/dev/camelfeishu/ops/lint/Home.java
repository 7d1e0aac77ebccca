package dev.camelfeishu.ops.lint;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** All that people edit, by the names of the files. Immutable. */
public final class Home {

    static final String ROUTE = ".camel.yaml";
    static final String KAMELET = ".kamelet.yaml";
    static final String TEST = ".test.yaml";

    private final Map<String, SourceFile> files = new TreeMap<>();

    public Home(Collection<SourceFile> files) {
        files.forEach(file -> this.files.put(file.name(), file));
    }

    /** These files, with others in place of those of the same name. */
    public Home with(Collection<SourceFile> others) {
        Map<String, SourceFile> all = new LinkedHashMap<>(files);
        others.forEach(file -> all.put(file.name(), file));
        return new Home(all.values());
    }

    public List<SourceFile> routes() {
        return those(Home::isRoute);
    }

    public List<SourceFile> kamelets() {
        return those(Home::isKamelet);
    }

    public List<SourceFile> tests() {
        return those(Home::isTest);
    }

    List<SourceFile> cards() {
        return those(Home::isCard);
    }

    List<SourceFile> texts() {
        return those(Home::isTexts);
    }

    List<SourceFile> pairs() {
        return those(Home::isPair);
    }

    List<SourceFile> connectors() {
        return those(Home::isConnector);
    }

    public static boolean isRoute(String name) {
        return name.endsWith(ROUTE);
    }

    static boolean isKamelet(String name) {
        return name.endsWith(KAMELET);
    }

    public static boolean isTest(String name) {
        return name.endsWith(TEST);
    }

    static boolean isCard(String name) {
        return name.contains("config/cards/") && name.endsWith(".json");
    }

    static boolean isTexts(String name) {
        return name.contains("config/texts/") && name.endsWith(".yaml");
    }

    static boolean isPair(String name) {
        return name.contains("config/pairs/") && name.endsWith(".yaml");
    }

    static boolean isConnector(String name) {
        return name.contains("config/connectors/") && name.endsWith(".yaml");
    }

    /** The file's own name without folder and ending. */
    public static String stem(String name) {
        String own = name.substring(name.lastIndexOf('/') + 1);
        return own.substring(0, own.indexOf('.'));
    }

    private List<SourceFile> those(Predicate<String> kind) {
        return files.values().stream().filter(file -> kind.test(file.name())).toList();
    }
}
