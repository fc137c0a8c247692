package android.widget;

import android.content.Context;
import android.view.View;

public class LinearLayout extends View {
    public LinearLayout(Context context) { super(context); }
    public void addView(View child) {}
}
