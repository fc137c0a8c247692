package android.telephony;

public class TelephonyManager {
    public static final int SIM_STATE_READY = 5;

    public String getImei(int slot) { return null; }
    public String getMeid(int slot) { return null; }
    public String getSubscriberId() { return null; }
    public String getSubscriberId(int subscription) { return null; }
    public String getSimSerialNumber() { return null; }
    public String getNetworkOperator() { return null; }
    public int getPhoneCount() { return 0; }
    public int getSimState(int slot) { return 0; }
    public CellLocation getCellLocation() { return null; }
}
