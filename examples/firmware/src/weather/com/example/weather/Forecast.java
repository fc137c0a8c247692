package com.example.weather;

/** The weather of one town. */
final class Forecast {
    static final Forecast UNKNOWN = new Forecast("", 0, "");

    private final String town;
    private final int celsius;
    private final String sky;

    Forecast(String town, int celsius, String sky) {
        this.town = town;
        this.celsius = celsius;
        this.sky = sky;
    }

    String sentence() {
        return town.isEmpty() ? "No forecast" : town + ": " + celsius + " °C, " + word();
    }

    private String word() {
        switch (sky) {
            case "clear":
                return "clear sky";
            case "rain":
                return "bring an umbrella";
            case "snow":
                return "snowfall";
            default:
                return "clouds";
        }
    }
}
