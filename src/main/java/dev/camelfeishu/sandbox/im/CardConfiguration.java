package dev.camelfeishu.sandbox.im;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Where cards come from and what becomes of them. */
@Configuration(proxyBeanMethods = false)
@Import({CardEntities.class, CardEntityApi.class, CardEphemeralApi.class, CardSources.class})
public class CardConfiguration {}
