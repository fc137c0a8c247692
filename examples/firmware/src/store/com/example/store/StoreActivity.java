package com.example.store;

import android.app.Activity;
import android.os.Bundle;
import android.provider.Settings;
import android.widget.TextView;
import com.example.support.net.Request;
import com.example.support.work.Background;

/** Shows what is offered to this device. Tells the store, as declared, the Android ID. */
public final class StoreActivity extends Activity {
    private static final String OFFERS = "https://store.example.test/api/offers";

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TextView offers = new TextView(this);
        setContentView(offers);
        String device = Settings.Secure.getString(getContentResolver(), Settings.Secure.ANDROID_ID);
        Background.run(() -> Request.to(OFFERS).parameter("device", device).parameter("page", "1").send(), "Nothing today")
            .observe(offers::setText);
    }
}
