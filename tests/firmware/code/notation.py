"""Reads a part of smali's notation, in which tests write down their programs.

    .class Lcom/example/Agent;
    .super Ljava/lang/Object;
    .implements Ljava/lang/Runnable;
    .field static URL:Ljava/lang/String; = "http://host.example/"
    .field seen:I
    .method static send(Ljava/lang/String;)V
      .registers 4
      const-string v0, "imei"
      invoke-virtual {v0, v3}, Lcom/example/Agent;->put(Ljava/lang/String;)V
      if-eqz v0, :end
      :end
      return-void
    .end method

`.annotation method send(Ljava/lang/String;)V Lretrofit2/http/GET; value = "v1/x"` (or `class`, `field NAME:TYPE`) notes a string.
`.units 0x0100 0x0002 ...` puts raw code units; `.catchall :from :to :handler` catches every exception. Registers are `vN`; `p`
registers are not known here.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import NamedTuple

ACCESS = {"public": 0x1, "private": 0x2, "static": 0x8, "final": 0x10, "native": 0x100, "interface": 0x200, "abstract": 0x400}
ACCESS |= {"synthetic": 0x1000, "constructor": 0x10000}


class MethodName(NamedTuple):
    owner: str
    name: str
    proto: str


class FieldName(NamedTuple):
    owner: str
    name: str
    type: str


@dataclass
class Method:
    name: str
    proto: str
    access: int
    registers: int = 0
    code: list[list[str]] = field(default_factory=list)


@dataclass
class Class:
    name: str
    superclass: str | None = "Ljava/lang/Object;"
    access: int = 1
    interfaces: list[str] = field(default_factory=list)
    fields: list[tuple[str, str, int, str | int | None]] = field(default_factory=list)
    methods: list[Method] = field(default_factory=list)
    annotations: list[tuple[str, str, str, str, str]] = field(default_factory=list)


def parse(text: str) -> list[Class]:
    classes: list[Class] = []
    method: Method | None = None
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        words = (
            shlex.split(line.replace("\\", "\\\\"), posix=True) if line.startswith((".field", ".annotation")) else line.split()
        )
        head, rest = words[0], words[1:]
        if head == ".class":
            classes.append(Class(rest[-1], access=_access(rest[:-1]) or 1))
        elif head == ".super":
            classes[-1].superclass = rest[0]
        elif head == ".implements":
            classes[-1].interfaces.append(rest[0])
        elif head == ".field":
            _field(classes[-1], rest)
        elif head == ".annotation":
            target, name = (rest[0], "") if rest[0] == "class" else (rest[0], rest[1])
            kind, element, _, value = rest[1:] if target == "class" else rest[2:]
            classes[-1].annotations.append((target, name, kind, element, value))
        elif head == ".method":
            name, _, proto = rest[-1].partition("(")
            method = Method(name, "(" + proto, _access(rest[:-1]) or 1)
            classes[-1].methods.append(method)
        elif head == ".end":
            method = None
        elif head == ".registers":
            assert method
            method.registers = int(rest[0])
        else:
            assert method, line
            method.code.append([head, line[len(head) :].strip()])
    return classes


def _access(words: list[str]) -> int:
    return sum(ACCESS[word] for word in words)


def _field(owner: Class, words: list[str]) -> None:
    literal: str | None = None
    if "=" in words:
        literal = words[-1]
        words = words[: words.index("=")]
    name, _, kind = words[-1].partition(":")
    value = int(literal, 0) if literal is not None and kind in "IJSB" else literal
    owner.fields.append((name, kind, _access(words[:-1]), value))


def types_of(proto: str) -> tuple[list[str], str]:
    inside, _, returned = proto[1:].partition(")")
    return re.findall(r"\[*(?:L[^;]+;|[A-Z])", inside), returned


def method_name(text: str) -> MethodName:
    owner, _, rest = text.partition("->")
    name, _, proto = rest.partition("(")
    return MethodName(owner, name, "(" + proto)


def field_name(text: str) -> FieldName:
    owner, _, rest = text.partition("->")
    name, _, kind = rest.partition(":")
    return FieldName(owner, name, kind)


def unquote(text: str) -> str:
    return (
        re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text.strip()[1:-1]).replace('\\"', '"').replace("\\n", "\n")
    )
