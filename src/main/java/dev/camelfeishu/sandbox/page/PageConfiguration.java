package dev.camelfeishu.sandbox.page;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The page's endpoints. */
@Configuration(proxyBeanMethods = false)
@Import({PageFiles.class, Changes.class, ChatReads.class, InstanceReads.class})
public class PageConfiguration {}
