package com.example.mail;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.widget.TextView;
import com.example.support.text.Markup;

public final class MailActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TextView newest = new TextView(this);
        newest.setText(Markup.plain(getSharedPreferences("mail", MODE_PRIVATE).getString("newest_subject", "No mail")));
        setContentView(newest);
        startService(new Intent(this, FetchService.class));
    }
}
