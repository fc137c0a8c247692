"""Finds where code asks for personal data, by the tables in `identifier_sources`."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import numpy as np

from vuoto.facts.code import IdentifierRead
from vuoto.firmware.code.identifier_source import IdentifierSource
from vuoto.firmware.code.instructions import constant_in, parameter_slots, registers_of
from vuoto.firmware.code.opcodes import FIELD, INVOKE_STATIC, INVOKE_STATIC_RANGE
from vuoto.firmware.code.program import Hit, Program
from vuoto.firmware.code.texts import SOURCE_TEXT, used_texts
from vuoto.seams import plugins

REFLECTION: Final = r"Ljava/lang/Class;"
REFLECTED_NAMES: Final = ("getMethod", "getDeclaredMethod", "getField", "getDeclaredField")


@cache
def sources() -> tuple[IdentifierSource, ...]:
    """Every family of sources, by name of its file."""
    return plugins("vuoto.firmware.code.identifier_sources", IdentifierSource, "SOURCE")


def argument_register(program: Program, hit: Hit, argument: int) -> int:
    """The register that holds a declared parameter of a call, or -1."""
    dex = program.dexes[hit.dex]
    registers = registers_of(dex, hit.row)
    proto = int(dex.method_proto[hit.reference])
    slots = parameter_slots(dex.protos[proto]) if proto < len(dex.protos) else []
    static = int(dex.code.opcode[hit.row]) in (INVOKE_STATIC, INVOKE_STATIC_RANGE)
    at = slots[argument] + (0 if static else 1) if argument < len(slots) else len(registers)
    return registers[at] if at < len(registers) else -1


def find_reads(program: Program) -> list[tuple[IdentifierRead, int, int]]:
    """Every read, sorted, with the number of its DEX file and its instruction (-1 where it stands in no code)."""
    found: list[tuple[IdentifierRead, int, int]] = []
    found += _calls(program)
    found += _keyed(program)
    found += _fields(program)
    found += _texts(program)
    found += _reflected(program)
    return sorted(found)


def _calls(program: Program) -> list[tuple[IdentifierRead, int, int]]:
    rules = [(source, call) for source in sources() for call in source.calls]
    found = []
    for hit in program.find_calls([(call.owner, call.names) for _, call in rules]):
        source, call = rules[hit.rule]
        dex = program.dexes[hit.dex]
        own = dex.type(int(dex.method_class[hit.reference])) in program.classes
        read = IdentifierRead(
            kind=call.kind,
            api=dex.method(hit.reference),
            how="call",
            certainty="likely" if own else "validated",
            why="calls a class of the package that extends the system's" if own else "calls the system",
            source=source.name,
            place=program.place(hit.dex, hit.row),
        )
        found.append((read, hit.dex, hit.row))
    return found


def _keyed(program: Program) -> list[tuple[IdentifierRead, int, int]]:
    rules = [(source, call) for source in sources() for call in source.keyed]
    found = []
    for hit in program.find_calls([(call.owner, call.names) for _, call in rules]):
        source, call = rules[hit.rule]
        dex = program.dexes[hit.dex]
        register = argument_register(program, hit, call.argument)
        key = constant_in(dex, hit.row, register, program.static_texts) if register >= 0 else None
        if not isinstance(key, str):
            continue
        kind = next((kind for kind, pattern in call.keys if re.fullmatch(pattern, key)), None)
        if kind is None:
            continue
        read = IdentifierRead(
            kind=kind,
            api=f'{dex.method(hit.reference)} "{key}"',
            how="key",
            certainty="validated",
            why="calls the system with a constant that names it",
            source=source.name,
            place=program.place(hit.dex, hit.row),
        )
        found.append((read, hit.dex, hit.row))
    return found


def _fields(program: Program) -> list[tuple[IdentifierRead, int, int]]:
    wanted = {
        (field.owner, name): (field.kind, source.name) for source in sources() for field in source.fields for name in field.names
    }
    names = {name for _, name in wanted}
    found = []
    for number, dex in enumerate(program.dexes):
        fitting = {}
        for index in np.flatnonzero(np.isin(dex.field_name, dex.string_indices(names))).tolist():
            key = (dex.type(int(dex.field_class[index])), dex.string(int(dex.field_name[index])))
            if key in wanted:
                fitting[index] = wanted[key]
        if not fitting:
            continue
        rows, references = dex.references(FIELD)
        opcodes = dex.code.opcode[rows]
        reads = ((opcodes >= 0x52) & (opcodes <= 0x58)) | ((opcodes >= 0x60) & (opcodes <= 0x66))
        for at in np.flatnonzero(reads & np.isin(references, list(fitting))).tolist():
            kind, source = fitting[int(references[at])]
            row = int(rows[at])
            read = IdentifierRead(
                kind=kind,
                api=dex.field(int(references[at])),
                how="field",
                certainty="validated",
                why="reads a field of the system",
                source=source,
                place=program.place(number, row),
            )
            found.append((read, number, row))
    return found


@cache
def text_begins() -> tuple[str, ...]:
    """What the texts begin with that name a place where an identifier is kept."""
    return tuple(sorted({begin for source in sources() for text in source.texts for begin in text.begins}))


def _texts(program: Program) -> list[tuple[IdentifierRead, int, int]]:
    rules = [(source, text, re.compile(text.pattern)) for source in sources() for text in source.texts]
    found = []
    for number, dex in enumerate(program.dexes):
        rows, indices = dex.string_uses
        fitting = {}
        for index in used_texts(dex, SOURCE_TEXT).tolist():
            text = dex.strings[index]
            rule = next(((source, one) for source, one, pattern in rules if pattern.fullmatch(text)), None)
            if rule is not None:
                fitting[index] = rule
        if not fitting:
            continue
        for at in np.flatnonzero(np.isin(indices, list(fitting))).tolist():
            source, text_rule = fitting[int(indices[at])]
            row = int(rows[at])
            read = IdentifierRead(
                kind=text_rule.kind,
                api=f'"{dex.string(int(indices[at]))}"',
                how="constant",
                certainty="likely",
                why=f"uses {text_rule.why}",
                source=source.name,
                place=program.place(number, row),
            )
            found.append((read, number, row))
    return found


def _reflected(program: Program) -> list[tuple[IdentifierRead, int, int]]:
    by_name = {
        name: (call.kind, call.owner, source.name)
        for source in reversed(sources())
        for call in source.calls
        for name in call.names
    }
    found = []
    for hit in program.find_calls([(REFLECTION, REFLECTED_NAMES)]):
        dex = program.dexes[hit.dex]
        register = argument_register(program, hit, 0)
        name = constant_in(dex, hit.row, register, program.static_texts) if register >= 0 else None
        if not isinstance(name, str) or name not in by_name:
            continue
        kind, owner, source = by_name[name]
        classes = _class_names(program, hit)
        fits = next((text for text in classes if re.fullmatch(owner, f"L{text.replace('.', '/')};")), None)
        read = IdentifierRead(
            kind=kind,
            api=f'reflection "{fits or "?"}" "{name}"',
            how="reflection",
            certainty="likely" if fits else "possible",
            why="asks for a method by its name" + (" and names its class" if fits else ", of a class not named beside it"),
            source=source,
            place=program.place(hit.dex, hit.row),
        )
        found.append((read, hit.dex, hit.row))
    return found


def _class_names(program: Program, hit: Hit) -> list[str]:
    """Texts in the same method that look like the name of a class."""
    dex = program.dexes[hit.dex]
    body = int(dex.code.first.searchsorted(hit.row, side="right")) - 1
    rows, indices = dex.string_uses
    begin, end = np.searchsorted(rows, dex.code.first[body]), np.searchsorted(rows, dex.code.first[body + 1])
    texts = [dex.string(int(index)) for index in indices[begin:end]]
    return [text for text in texts if "." in text]
