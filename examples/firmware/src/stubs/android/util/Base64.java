package android.util;

public class Base64 {
    public static final int DEFAULT = 0;
    public static final int NO_WRAP = 2;

    public static byte[] encode(byte[] data, int flags) { return null; }
    public static byte[] decode(byte[] data, int flags) { return null; }
    public static String encodeToString(byte[] data, int flags) { return null; }
}
