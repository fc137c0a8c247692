package android.content;

public class Intent {
    public static final String ACTION_BOOT_COMPLETED = "android.intent.action.BOOT_COMPLETED";
    public static final String ACTION_MAIN = "android.intent.action.MAIN";
    public static final String CATEGORY_LAUNCHER = "android.intent.category.LAUNCHER";

    public Intent() {}
    public Intent(String action) {}
    public Intent(Context context, Class<?> target) {}
    public String getAction() { return null; }
    public Intent addCategory(String category) { return this; }
    public Intent setClassName(String packageName, String className) { return this; }
    public Intent putExtra(String name, String value) { return this; }
    public String getStringExtra(String name) { return null; }
}
