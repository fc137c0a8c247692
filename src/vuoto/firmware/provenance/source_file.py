"""A file of source in words: what it says itself, and what only other files can complete."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from vuoto.firmware.provenance.constants import Code, Name, Opaque, Operator, evaluate, texts_and_numbers
from vuoto.firmware.provenance.keys import number_words, text_word

MAX_FILE: Final = 1_500_000
"""Bytes of a file that is read: longer ones are tables made by a program. The longest of AOSP written by hand has 1.2 MB."""

MAX_WORDS: Final = 20_000
"""Words kept of one file; a class cannot use more constants than 65,535."""

MAX_STARS: Final = 8
"""Imports with a star that are tried for a type that nothing else explains."""

JAVA_LANG: Final = frozenset(
    """
    Appendable ArithmeticException ArrayIndexOutOfBoundsException AssertionError AutoCloseable Boolean Byte CharSequence
    Character Class ClassCastException ClassLoader ClassNotFoundException CloneNotSupportedException Cloneable Comparable
    Deprecated Double Enum Error Exception Float IllegalAccessException IllegalArgumentException IllegalStateException
    IndexOutOfBoundsException InstantiationException Integer InternalError InterruptedException Iterable LinkageError Long
    Math NegativeArraySizeException NoClassDefFoundError NoSuchFieldError NoSuchFieldException NoSuchMethodException
    NullPointerException Number NumberFormatException Object OutOfMemoryError Override Package Process ProcessBuilder
    Readable ReflectiveOperationException Runnable Runtime RuntimeException SecurityException Short StackOverflowError
    StackTraceElement StrictMath String StringBuffer StringBuilder StringIndexOutOfBoundsException SuppressWarnings System
    Thread ThreadGroup ThreadLocal Throwable UnsatisfiedLinkError UnsupportedOperationException VerifyError
    VirtualMachineError Void
    """.split()  # noqa: SIM905 - a line per name would be a page
)
"""Classes that are known without an import."""


@dataclass(slots=True, kw_only=True)
class ParsedFile:
    """What was read of one file; lines count from 1."""

    path: str
    """The path within its source."""

    package: str = ""
    """`com.example`, or `""`."""

    classes: list[str] = field(default_factory=list)
    """Simple names of the classes, in the order of the file."""

    imports: dict[str, str] = field(default_factory=dict)
    """Simple name: full name, as imported; static imports among them."""

    stars: list[str] = field(default_factory=list)
    """Packages and classes imported with a star."""

    above: list[str] = field(default_factory=list)
    """Simple names of superclasses and interfaces."""

    words: dict[str, int] = field(default_factory=dict)
    """Word: the first line that says it."""

    constants: list[tuple[str, str, Code]] = field(default_factory=list)
    """Static finals: simple name of the class (`""` at the top of a Kotlin file), name, expression."""

    open: list[tuple[Code, int]] = field(default_factory=list)
    """Expressions with names in them, and their lines."""

    problem: str | None = None
    """What could not be read, or `None`."""

    def add(self, word: str, line: int) -> None:
        """Notes a word, unless the file has too many."""
        if len(self.words) < MAX_WORDS:
            self.words.setdefault(word, line)

    def add_value(self, value: str | float, line: int) -> None:
        """Notes a constant."""
        for word in value_words(value):
            self.add(word, line)

    def add_expression(self, code: Code, line: int) -> None:
        """Notes what an expression is worth now, or keeps it until names are known."""
        if any(isinstance(token, Name) for token in code):
            if len(self.open) < MAX_WORDS:
                self.open.append((code, line))
        elif any(not isinstance(token, Opaque | Operator) for token in code):
            for value in texts_and_numbers(evaluate(code, lambda _: None)):
                self.add_value(value, line)

    def types(self, name: str) -> list[str]:
        """Descriptors that a type may have: `View.OnClickListener` is `Landroid/view/View$OnClickListener;` by its import."""
        head, *inner = name.split(".")
        if not head:
            return []
        if head[0].islower() and inner:
            return [descriptor(name)]
        full = self.imports.get(head)
        if full is not None:
            return [descriptor(".".join([full, *inner]))]
        packages = ["java.lang"] if head in JAVA_LANG else [*self.stars[:MAX_STARS], *([self.package] if self.package else [])]
        return [descriptor(".".join([package, head, *inner])) for package in packages]


def value_words(value: str | float) -> tuple[str, ...]:
    """The words for a constant."""
    if isinstance(value, str):
        return (text_word(value),) if value else ()
    return number_words(value)


def descriptor(full: str) -> str:
    """`Landroid/view/View$OnClickListener;` of `android.view.View.OnClickListener`: names of packages begin in lower case."""
    parts = full.split(".")
    first = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
    return "L" + "/".join([*parts[:first], "$".join(parts[first:])]) + ";"
