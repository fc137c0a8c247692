package android.database;

public class MatrixCursor implements Cursor {
    public MatrixCursor(String[] columns) {}
    public void addRow(Object[] values) {}
    public boolean moveToNext() { return false; }
    public String getString(int column) { return null; }
    public long getLong(int column) { return 0; }
    public int getCount() { return 0; }
    public void close() {}
}
