package android.telephony.gsm;

import android.telephony.CellLocation;

public class GsmCellLocation extends CellLocation {
    public int getCid() { return 0; }
    public int getLac() { return 0; }
}
