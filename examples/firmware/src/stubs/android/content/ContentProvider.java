package android.content;

import android.database.Cursor;
import android.net.Uri;

public abstract class ContentProvider {
    public abstract boolean onCreate();
    public abstract Cursor query(Uri uri, String[] columns, String where, String[] values, String order);
    public abstract Uri insert(Uri uri, ContentValues values);
    public final Context getContext() { return null; }
}
