package com.example.keyboard;

import android.inputmethodservice.InputMethodService;
import android.view.View;
import android.widget.LinearLayout;
import android.widget.TextView;

/** Letters, and the words that begin like what was typed. Has no permission for the network. */
public final class KeyboardService extends InputMethodService {
    private static final String ROWS = "qwertyuiopå asdfghjkløæ zxcvbnm";
    private final WordList words = new WordList();
    private final StringBuilder typed = new StringBuilder();

    @Override
    public View onCreateInputView() {
        LinearLayout keys = new LinearLayout(this);
        for (char letter : ROWS.toCharArray()) {
            TextView key = new TextView(this);
            key.setText(String.valueOf(letter));
            key.setOnClickListener(view -> type(letter));
            keys.addView(key);
        }
        return keys;
    }

    private void type(char letter) {
        if (letter == ' ') {
            commitText(words.completed(typed.toString()) + " ");
            typed.setLength(0);
        } else {
            typed.append(letter);
        }
    }
}
