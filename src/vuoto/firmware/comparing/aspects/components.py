"""What other apps may call in a package: components that became open, or lost the permission that guarded them.

A component is matched by its class, or by the class of the same print where that was renamed. Components that nobody outside
reaches are not told: they are the package's own business until something starts them (see triggers).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vuoto.facts.changes import Change, Concern
from vuoto.facts.packages import Component
from vuoto.firmware.comparing.aspect import Aspect, Pair


def _compare(pair: Pair) -> Iterator[Change]:
    before: dict[tuple[str, str], Component] = {}
    for component in pair.old.package.components if pair.old is not None else ():
        before.setdefault((component.kind, _counterpart(pair, component.name)), component)
    _rename_by_form(before, pair.new.package.components)
    started = {trigger.component for trigger in pair.new.package.triggers}
    seen = set()
    for component in pair.new.package.components:
        key = (component.kind, component.name)
        known = before.get(key)
        seen.add(key)
        if component.kind == "receiver" and component.name in started:
            continue  # open so that the system can start it: that is told as a trigger
        if not component.exported or (component.kind.startswith("activity") and pair.old is None):
            continue
        short = component.name.rpartition(".")[2]
        guarded = f", guarded by {component.permission}" if component.permission else ""
        if known is None or not known.exported:
            concern: Concern = "low" if component.permission or component.kind.startswith("activity") else "medium"
            says = f"opens the {component.kind} {short} to other apps{guarded}"
            before_words = None if known is None else "closed"
            yield pair.change("component", "added", concern, component.name, says, before=before_words, after="open")
        elif known.permission and known.permission != component.permission:
            says = f"the {component.kind} {short} was guarded by {known.permission}, and is {guarded[2:] or 'not guarded now'}"
            yield pair.change(
                "component", "changed", "medium", component.name, says, before=known.permission, after=component.permission
            )
    for (kind, name), component in sorted(before.items(), key=lambda item: item[0]):
        if component.exported and (kind, name) not in seen:
            short = component.name.rpartition(".")[2]
            says = f"no longer has the {kind} {short} that other apps could call"
            yield pair.change("component", "removed", "none", component.name, says, before="open")


def _rename_by_form(before: dict[tuple[str, str], Component], after: tuple[Component, ...]) -> None:
    """Gives components that no print tells the new name of the one of the same form, where there is just one of it."""
    names = {(component.kind, component.name) for component in after}
    gone = _by_form(component for key, component in before.items() if key not in names)
    come = _by_form(component for component in after if (component.kind, component.name) not in before)
    for form, olds in gone.items():
        news = come.get(form, [])
        if len(olds) == len(news) == 1:
            key = next(key for key, component in before.items() if component is olds[0])
            before[key[0], news[0].name] = before.pop(key)


def _by_form(components: Iterable[Component]) -> dict[object, list[Component]]:
    found: dict[object, list[Component]] = {}
    for one in components:
        form = (one.kind, one.exported, one.permission, one.authorities, tuple((f.actions, f.data) for f in one.filters))
        found.setdefault(form, []).append(one)
    return found


def _counterpart(pair: Pair, name: str) -> str:
    if pair.resemblance is None:
        return name
    found = pair.resemblance.counterpart(f"L{name.replace('.', '/')};")
    return found[1:-1].replace("/", ".") if found else name


ASPECT = Aspect(
    makes=("component",),
    compares="components open to other apps, and the permissions that guard them; renamed classes are matched by their prints",
    compare=_compare,
)
