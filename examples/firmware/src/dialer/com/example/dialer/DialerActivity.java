package com.example.dialer;

import android.app.Activity;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.widget.EditText;
import android.widget.TextView;

/** Dials; and shows the phone's numbers to whoever types *#06#. They go to the screen and nowhere else. */
public final class DialerActivity extends Activity {
    private static final String SHOW_NUMBERS = "*#06#";

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        EditText digits = new EditText(this);
        digits.setOnClickListener(view -> {
            if (SHOW_NUMBERS.equals(digits.getTyped())) {
                setContentView(numbers());
            }
        });
        setContentView(digits);
    }

    private TextView numbers() {
        TelephonyManager phone = (TelephonyManager) getSystemService(TELEPHONY_SERVICE);
        StringBuilder text = new StringBuilder();
        for (int slot = 0; slot < phone.getPhoneCount(); slot++) {
            text.append("IMEI ").append(slot + 1).append(": ").append(phone.getImei(slot)).append('\n');
        }
        TextView shown = new TextView(this);
        shown.setText(text.toString());
        return shown;
    }
}
