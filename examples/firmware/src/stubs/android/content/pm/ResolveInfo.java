package android.content.pm;

public class ResolveInfo {
    public ApplicationInfo applicationInfo;
    public String name;
}
