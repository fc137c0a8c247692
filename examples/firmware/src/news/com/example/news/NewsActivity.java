package com.example.news;

import android.app.Activity;
import android.os.Bundle;
import android.widget.LinearLayout;
import android.widget.TextView;
import com.example.support.net.Request;
import com.example.support.text.Markup;
import com.example.support.work.Background;

/** Shows the headlines of the day, and where their pictures are. */
public final class NewsActivity extends Activity {
    private static final String HEADLINES = "https://news.example.org/api/headlines";
    private static final String PICTURES = "https://cdn.example.net/pictures/";

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        LinearLayout list = new LinearLayout(this);
        setContentView(list);
        Background.run(() -> Request.to(HEADLINES).header("Accept-Language", "nb-NO").send(), "").observe(text -> {
            for (String line : text.split("\n")) {
                TextView row = new TextView(this);
                row.setText(Markup.plain(line) + " " + PICTURES + Integer.toHexString(line.hashCode()) + ".jpg");
                list.addView(row);
            }
        });
    }
}
