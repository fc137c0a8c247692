package com.example.support.work;

import android.os.Handler;
import android.os.Looper;
import com.example.support.lifecycle.Observed;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs what takes time beside the main thread, and hands the result back on it. */
public final class Background {
    private static final ExecutorService WORKERS = Executors.newFixedThreadPool(2);

    private Background() {}

    public static <T> Observed<T> run(Callable<T> work, T otherwise) {
        Observed<T> result = new Observed<>();
        Handler main = new Handler(Looper.getMainLooper());
        WORKERS.execute(() -> {
            T value;
            try {
                value = work.call();
            } catch (Exception error) {
                value = otherwise;
            }
            T known = value;
            main.post(() -> result.set(known));
        });
        return result;
    }
}
