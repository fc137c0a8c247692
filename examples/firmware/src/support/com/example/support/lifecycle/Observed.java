package com.example.support.lifecycle;

import java.util.concurrent.CopyOnWriteArrayList;

/** A value that tells its observers when it changes. */
public final class Observed<T> {
    /** Is told of each new value. */
    public interface Observer<T> {
        void onChanged(T value);
    }

    private final CopyOnWriteArrayList<Observer<T>> observers = new CopyOnWriteArrayList<>();
    private T value;

    public void observe(Observer<T> observer) {
        observers.add(observer);
        if (value != null) {
            observer.onChanged(value);
        }
    }

    public void set(T changed) {
        value = changed;
        for (Observer<T> observer : observers) {
            observer.onChanged(changed);
        }
    }

    public T get() {
        return value;
    }
}
