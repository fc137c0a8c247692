package com.example.support.collection;

import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps what was used last, within a budget. */
public class RecentCache<K, V> {
    private final int budget;
    private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
    private int used;
    private int hits;
    private int misses;

    public RecentCache(int budget) {
        if (budget <= 0) {
            throw new IllegalArgumentException("a cache needs a budget above zero");
        }
        this.budget = budget;
    }

    public final synchronized V get(K key) {
        V value = entries.get(key);
        if (value == null) {
            misses++;
        } else {
            hits++;
        }
        return value;
    }

    public final synchronized void put(K key, V value) {
        V before = entries.put(key, value);
        used += weight(key, value) - (before == null ? 0 : weight(key, before));
        while (used > budget && !entries.isEmpty()) {
            Map.Entry<K, V> oldest = entries.entrySet().iterator().next();
            entries.remove(oldest.getKey());
            used -= weight(oldest.getKey(), oldest.getValue());
        }
    }

    protected int weight(K key, V value) {
        return 1;
    }

    @Override
    public final synchronized String toString() {
        return String.format("RecentCache[budget=%d,hits=%d,misses=%d]", budget, hits, misses);
    }
}
