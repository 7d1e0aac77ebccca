package dev.camelfeishu.sandbox.drive;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Lets pass the bytes of a range only. */
final class RangeStream extends FilterOutputStream {
    private final long from;
    private final long to;
    private long position;

    RangeStream(OutputStream out, long from, long to) {
        super(out);
        this.from = from;
        this.to = to;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        long begin = Math.max(position, from);
        long end = Math.min(position + length, to);
        if (begin < end) {
            out.write(bytes, offset + (int) (begin - position), (int) (end - begin));
        }
        position += length;
    }
}
