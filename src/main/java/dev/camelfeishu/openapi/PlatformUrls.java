package dev.camelfeishu.openapi;

import java.util.Objects;

/**
 * The hosts of one Open Platform that the gate calls.
 *
 * @param open FEISHU_BASE_URL, as {@code https://open.feishu.cn}
 * @param www FEISHU_WWW_URL, as {@code https://www.feishu.cn}: the upload of approval files
 */
public record PlatformUrls(BaseUrl open, BaseUrl www) {

    public PlatformUrls {
        Objects.requireNonNull(open, "open");
        Objects.requireNonNull(www, "www");
    }
}
