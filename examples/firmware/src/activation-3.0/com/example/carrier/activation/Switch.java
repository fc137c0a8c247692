package com.example.carrier.activation;

import android.os.SystemProperties;

/** The property that a build sets for the variants in which this client may speak. Silent where it is not set. */
final class Switch {
    private static final String PROPERTY = "persist.vendor.radio.ps.registration.enabled";

    private Switch() {}

    static boolean isOn() {
        return SystemProperties.getBoolean(PROPERTY, false);
    }
}
