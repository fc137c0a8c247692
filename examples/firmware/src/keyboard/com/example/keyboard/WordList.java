package com.example.keyboard;

import java.util.Arrays;

/** The words that are completed. */
final class WordList {
    private static final String[] WORDS = {"aften", "bokmål", "fjord", "kaffe", "morgen", "nynorsk", "takk", "vinter"};

    String completed(String begin) {
        int at = Arrays.binarySearch(WORDS, begin);
        int next = at < 0 ? -at - 1 : at;
        return begin.length() > 2 && next < WORDS.length && WORDS[next].startsWith(begin) ? WORDS[next] : begin;
    }
}
