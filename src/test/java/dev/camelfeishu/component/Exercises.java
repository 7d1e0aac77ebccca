package dev.camelfeishu.component;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which operations of {@code feishu:} a test runs against the sandbox over HTTP. The documentation names the test. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Exercises {

    /** Such as {@code message/recall}. */
    String[] value();
}
