package com.example.gallery;

import android.app.Activity;
import android.database.Cursor;
import android.os.Bundle;
import android.provider.MediaStore;
import android.widget.LinearLayout;
import android.widget.TextView;

/** Lists the pictures on the phone. */
public final class GalleryActivity extends Activity {
    private static final String[] COLUMNS = {"_display_name", "date_added"};

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        LinearLayout list = new LinearLayout(this);
        Cursor rows = getContentResolver()
            .query(MediaStore.Images.Media.EXTERNAL_CONTENT_URI, COLUMNS, null, null, "date_added DESC");
        while (rows != null && rows.moveToNext()) {
            TextView name = new TextView(this);
            name.setText(rows.getString(0) + " · " + new java.util.Date(rows.getLong(1) * 1000));
            list.addView(name);
        }
        setContentView(list);
    }
}
