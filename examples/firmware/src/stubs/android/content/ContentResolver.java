package android.content;

import android.database.Cursor;
import android.net.Uri;

public class ContentResolver {
    public final Cursor query(Uri uri, String[] columns, String where, String[] values, String order) { return null; }
}
