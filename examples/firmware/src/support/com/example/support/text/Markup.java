package com.example.support.text;

/** Escapes text for HTML, and takes the tags out of it again. */
public final class Markup {
    private static final String[] NAMES = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    private static final String SIGNS = "&<>\"'";

    private Markup() {}

    public static String escape(CharSequence text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            int sign = SIGNS.indexOf(text.charAt(i));
            if (sign < 0) {
                out.append(text.charAt(i));
            } else {
                out.append(NAMES[sign]);
            }
        }
        return out.toString();
    }

    public static String plain(String html) {
        StringBuilder out = new StringBuilder(html.length());
        boolean inTag = false;
        for (char c : html.toCharArray()) {
            if (c == '<') {
                inTag = true;
            } else if (c == '>') {
                inTag = false;
            } else if (!inTag) {
                out.append(c);
            }
        }
        String text = out.toString();
        for (int i = NAMES.length - 1; i >= 0; i--) {
            text = text.replace(NAMES[i], SIGNS.substring(i, i + 1));
        }
        return text;
    }
}
