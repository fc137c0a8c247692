package android.os;

public class SystemProperties {
    public static String get(String key) { return null; }
    public static boolean getBoolean(String key, boolean otherwise) { return false; }
}
