/** The benchmark: a load generator, the receivers it is pointed at, and what is measured. Run with {@code mvn -Pbench}. */
package dev.camelfeishu.bench;
