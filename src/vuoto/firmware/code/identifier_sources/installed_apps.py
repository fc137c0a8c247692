"""Which apps are installed or running."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, IdentifierSource, Text

SOURCE = IdentifierSource(
    name="installed apps",
    documented=(
        "android.content.pm.PackageManager.getInstalledPackages, android.app.ActivityManager "
        "(developer.android.com/reference/android/content/pm/PackageManager)"
    ),
    limitations=(
        "Since Android 11 an app sees the packages it declares, unless it holds QUERY_ALL_PACKAGES or is part of the system."
    ),
    calls=(
        Call(
            "installed_apps",
            r"Landroid/content/pm/PackageManager;",
            ("getInstalledPackages", "getInstalledApplications", "getInstalledPackagesAsUser", "getInstalledApplicationsAsUser"),
        ),
        Call("installed_apps", r"Landroid/app/ActivityManager;", ("getRunningAppProcesses", "getRunningTasks", "getRecentTasks")),
        Call(
            "usage_event",
            r"Landroid/app/usage/UsageStatsManager;",
            ("queryUsageStats", "queryEvents", "queryAndAggregateUsageStats"),
        ),
    ),
    texts=(Text("installed_apps", ("pm list ",), r"pm list packages.*", "a command that lists the installed packages"),),
)
