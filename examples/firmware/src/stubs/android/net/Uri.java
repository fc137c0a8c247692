package android.net;

public abstract class Uri {
    public static Uri parse(String text) { return null; }
    public String getLastPathSegment() { return null; }
    public String getQueryParameter(String name) { return null; }
}
