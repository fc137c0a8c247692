package com.example.internal.telephony;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Decodes the text of a cell broadcast page, as far as a page says its alphabet (3GPP TS 23.038). */
public final class CellBroadcastText {
    private CellBroadcastText() {}

    public static String decode(byte[] page, int codingScheme) {
        Charset alphabet = (codingScheme & 0x0C) == 0x08 ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII;
        int end = page.length;
        while (end > 0 && (page[end - 1] == '\r' || page[end - 1] == 0)) {
            end--;
        }
        return new String(page, 0, end, alphabet);
    }
}
