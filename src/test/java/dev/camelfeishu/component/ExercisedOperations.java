package dev.camelfeishu.component;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.MethodMetadata;
import org.springframework.core.type.classreading.CachingMetadataReaderFactory;

/** Which test methods say that they run which operation. */
final class ExercisedOperations {

    private ExercisedOperations() {}

    /** Name of an operation to its tests, such as {@code MessageCallsTest.recall}; read without loading a class. */
    static Map<String, TreeSet<String>> find() {
        Map<String, TreeSet<String>> found = new TreeMap<>();
        try {
            var reader = new CachingMetadataReaderFactory();
            for (Resource file :
                    new PathMatchingResourcePatternResolver().getResources("classpath*:dev/camelfeishu/**/*.class")) {
                if (file.getFilename() != null && file.getFilename().matches(".*(Test|IT)(\\$.*)?\\.class")) {
                    var annotations = reader.getMetadataReader(file).getAnnotationMetadata();
                    annotations.getAnnotatedMethods(Exercises.class.getName()).forEach(method -> add(method, found));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static void add(MethodMetadata method, Map<String, TreeSet<String>> found) {
        String type = method.getDeclaringClassName();
        String test = type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + "." + method.getMethodName();
        for (String operation : (String[])
                method.getAnnotationAttributes(Exercises.class.getName()).get("value")) {
            found.computeIfAbsent(operation, name -> new TreeSet<>()).add(test);
        }
    }
}
