package dev.camelfeishu.sync;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A set of keys or ids of which only 64 bits each are kept, so that hundreds of thousands fit into a few megabytes. Two names
 * out of a million share their 64 bits with a probability below 1 in 30 million. Not thread safe.
 */
final class Fingerprints {

    private static final int FIRST_SIZE = 1 << 10;

    private final MessageDigest sha256;
    private long[] slots = new long[FIRST_SIZE];
    private int size;

    Fingerprints() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Answers whether it was not there before. */
    boolean add(String name) {
        if (size * 2 >= slots.length) {
            var old = slots;
            slots = new long[old.length * 2];
            for (var print : old) {
                if (print != 0) {
                    slots[slot(print)] = print;
                }
            }
        }
        var print = print(name);
        var slot = slot(print);
        if (slots[slot] == print) {
            return false;
        }
        slots[slot] = print;
        size++;
        return true;
    }

    boolean contains(String name) {
        var print = print(name);
        return slots[slot(print)] == print;
    }

    int size() {
        return size;
    }

    /** 0 stands for an empty slot. */
    private long print(String name) {
        var print = ByteBuffer.wrap(sha256.digest(name.getBytes(StandardCharsets.UTF_8)))
                .getLong();
        return print == 0 ? 1 : print;
    }

    private int slot(long print) {
        var slot = (int) print & slots.length - 1;
        while (slots[slot] != 0 && slots[slot] != print) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }
}
