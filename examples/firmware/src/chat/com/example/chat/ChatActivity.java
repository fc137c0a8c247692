package com.example.chat;

import android.app.Activity;
import android.os.Bundle;
import android.widget.EditText;
import com.example.support.net.Request;
import com.example.support.text.Markup;
import com.example.support.work.Background;
import org.json.JSONObject;

/** Sends what its owner writes, to the room its owner chose. */
public final class ChatActivity extends Activity {
    private static final String ROOMS = "https://chat.example.org/rooms/";

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        EditText line = new EditText(this);
        setContentView(line);
        String room = getSharedPreferences("chat", MODE_PRIVATE).getString("room", "lobby");
        line.setOnClickListener(view -> {
            String text = line.getTyped();
            Background.run(
                () -> Request.to(ROOMS + room).body("application/json", message(text)).send(), "not delivered")
                .observe(line::setText);
        });
    }

    private static String message(String text) throws org.json.JSONException {
        return new JSONObject().put("text", Markup.escape(text)).toString();
    }
}
