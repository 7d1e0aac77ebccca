package dev.camelfeishu.sandbox.page;

import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The page's files: {@code GET /} and {@code GET /page/:file}. They are few and small, so they are held in memory; a
 * browser keeps them and asks by their {@code ETag} whether they changed.
 */
public final class PageFiles implements Api {
    private static final String FOLDER = "/sandbox/page/";
    private static final String START = "index.html";
    private static final List<String> FILES = List.of(
            START,
            "page.css",
            "icon.svg",
            "main.js",
            "api.js",
            "dom.js",
            "texts.js",
            "chat.js",
            "card.js",
            "markdown.js",
            "tables.js",
            "approvals.js",
            "traffic.js");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'none';" + " frame-ancestors 'none'";

    private record File(byte[] bytes, Map<String, String> headers) {}

    private final Map<String, File> files = new HashMap<>();

    public PageFiles() {
        FILES.forEach(name -> files.put(name, load(name)));
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/", call -> answer(call, files.get(START)));
        routes.on("GET", "/page/:file", call -> answer(call, files.get(call.variable("file"))));
    }

    private static Answer answer(Call call, File file) {
        if (file == null) {
            throw new Refusal(404, 404, "The page has no such file.");
        }
        boolean known = file.headers().get("ETag").equals(call.headers().get("if-none-match"));
        return Answer.file(known ? 304 : 200, known ? new byte[0] : file.bytes(), file.headers());
    }

    private static File load(String name) {
        try (InputStream in = PageFiles.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the page's file " + name + " is not packed");
            }
            byte[] bytes = in.readAllBytes();
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .substring(0, 32);
            return new File(
                    bytes,
                    Map.of(
                            "Content-Type", TYPES.get(name.substring(name.lastIndexOf('.') + 1)),
                            "Content-Security-Policy", POLICY,
                            "X-Content-Type-Options", "nosniff",
                            "Referrer-Policy", "no-referrer",
                            "Cross-Origin-Opener-Policy", "same-origin",
                            "Cross-Origin-Resource-Policy", "same-origin",
                            "Cache-Control", "no-cache",
                            "ETag", '"' + digest + '"'));
        } catch (IOException e) {
            throw new UncheckedIOException("the page's file " + name + " cannot be read", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing", e);
        }
    }
}
