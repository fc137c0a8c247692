package android.inputmethodservice;

import android.app.Service;
import android.os.IBinder;
import android.view.View;

public class InputMethodService extends Service {
    public View onCreateInputView() { return null; }
    public void commitText(CharSequence text) {}
    public IBinder onBind(android.content.Intent intent) { return null; }
}
