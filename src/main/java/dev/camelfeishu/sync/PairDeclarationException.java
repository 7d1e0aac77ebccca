package dev.camelfeishu.sync;

/** A pair declaration that cannot be used. Its message names the file, the line and what to do. */
public final class PairDeclarationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final int line;

    /** @param line counted from 1; 0 when the whole file is meant */
    public PairDeclarationException(String file, int line, String problem) {
        super(file + (line > 0 ? ":" + line : "") + ": " + problem);
        this.file = file;
        this.line = line;
    }

    public String file() {
        return file;
    }

    public int line() {
        return line;
    }
}
