package dev.camelfeishu.sandbox.drive;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What drive consists of. */
@Configuration(proxyBeanMethods = false)
@Import({DocumentMedias.class, Documents.class, FileApi.class, Media.class, PermissionApi.class, UploadApi.class})
public class DriveConfiguration {}
