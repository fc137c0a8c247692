package com.example.launcher;

import android.app.Activity;
import android.content.Intent;
import android.content.pm.ResolveInfo;
import android.os.Bundle;
import android.widget.LinearLayout;
import android.widget.TextView;

/** Shows what can be started. */
public final class HomeActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        LinearLayout grid = new LinearLayout(this);
        Intent startable = new Intent(Intent.ACTION_MAIN).addCategory(Intent.CATEGORY_LAUNCHER);
        for (ResolveInfo found : getPackageManager().queryIntentActivities(startable, 0)) {
            TextView icon = new TextView(this);
            icon.setText(getPackageManager().getApplicationLabel(found.applicationInfo));
            icon.setOnClickListener(view ->
                startActivity(new Intent().setClassName(found.applicationInfo.packageName, found.name)));
            grid.addView(icon);
        }
        setContentView(grid);
    }
}
