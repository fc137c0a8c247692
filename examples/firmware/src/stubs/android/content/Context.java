package android.content;

import android.content.pm.PackageManager;

public abstract class Context {
    public static final int MODE_PRIVATE = 0;
    public static final String ALARM_SERVICE = "alarm";
    public static final String CONNECTIVITY_SERVICE = "connectivity";
    public static final String TELEPHONY_SERVICE = "phone";
    public static final String WIFI_SERVICE = "wifi";

    public Context getApplicationContext() { return null; }
    public ContentResolver getContentResolver() { return null; }
    public PackageManager getPackageManager() { return null; }
    public String getPackageName() { return null; }
    public SharedPreferences getSharedPreferences(String name, int mode) { return null; }
    public Object getSystemService(String name) { return null; }
    public ComponentName startService(Intent intent) { return null; }
    public void startActivity(Intent intent) {}
    public void sendBroadcast(Intent intent) {}
}
