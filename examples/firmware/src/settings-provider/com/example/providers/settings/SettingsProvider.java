package com.example.providers.settings;

import android.content.ContentProvider;
import android.content.ContentValues;
import android.database.Cursor;
import android.database.MatrixCursor;
import android.net.Uri;
import java.util.Map;
import java.util.TreeMap;

/** Keeps the settings of the system, and gives them by name. */
public final class SettingsProvider extends ContentProvider {
    private static final String[] COLUMNS = {"name", "value"};
    private final Map<String, String> values = new TreeMap<>();

    @Override
    public boolean onCreate() {
        values.put("airplane_mode_on", "0");
        values.put("screen_off_timeout", "60000");
        values.put("wifi_sleep_policy", "2");
        return true;
    }

    @Override
    public synchronized Cursor query(Uri uri, String[] columns, String where, String[] given, String order) {
        MatrixCursor rows = new MatrixCursor(COLUMNS);
        String name = uri.getLastPathSegment();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            if (name == null || name.equals(entry.getKey())) {
                rows.addRow(new Object[] {entry.getKey(), entry.getValue()});
            }
        }
        return rows;
    }

    @Override
    public synchronized Uri insert(Uri uri, ContentValues given) {
        values.put(given.getAsString("name"), given.getAsString("value"));
        return uri;
    }
}
