package android.content;

public class ContentValues {
    public void put(String key, String value) {}
    public String getAsString(String key) { return null; }
}
