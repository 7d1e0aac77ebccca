package dev.camelfeishu.sandbox.base;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the sandbox's Bases.
 *
 * @param writeLatency how long a write holds its table besides the work itself, so that concurrent ones meet
 * @param recordLimit records a table takes before 1254103
 */
@ConfigurationProperties("feishu.sandbox.base")
record BaseSettings(
        @DefaultValue("10ms") Duration writeLatency,
        @DefaultValue("20000") int recordLimit) {}
