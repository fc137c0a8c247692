package com.example.weather;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;
import com.example.support.work.Background;

/** Shows the weather of the town that its owner typed in. */
public final class WeatherActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TextView text = new TextView(this);
        setContentView(text);
        String town = getSharedPreferences("weather", MODE_PRIVATE).getString("town", "Oslo");
        Background.run(() -> new Forecasts().forTown(town), Forecast.UNKNOWN).observe(f -> text.setText(f.sentence()));
    }
}
