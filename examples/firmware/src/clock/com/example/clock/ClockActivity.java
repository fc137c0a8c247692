package com.example.clock;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.Locale;

public final class ClockActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TextView face = new TextView(this);
        face.setText(new SimpleDateFormat("HH:mm", Locale.getDefault()).format(new Date()));
        setContentView(face);
    }
}
