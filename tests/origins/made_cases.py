"""Cases with a known sender: for the tests, and for `bench/attribution.py`, which calibrates and measures on them.

Each is a message as it is seen on the wire, a build, and the path of the package that sent it, or none.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from origins.made_builds import READS, App, build_of, seen
from origins.vocabularies import COMMON_KEYS, Vocabulary
from vuoto.facts.builds import ReadBuild
from vuoto.facts.origins import Sighting


@dataclass(frozen=True)
class Case:
    """A message, a build, and who sent it."""

    scenario: str
    sighting: Sighting
    build: ReadBuild
    truth: str | None
    """The path of the package, or `None` where it is not in the build."""

    alike: tuple[str, ...] = field(default=())
    """Packages that nothing can tell from it."""


class Maker:
    """Draws apps and cases from a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, seed: int) -> None:
        self.words = vocabulary
        self.rng = random.Random(f"{vocabulary.name} {seed}")
        self._number = 0

    def key(self) -> str:
        if self.rng.random() < 0.25:
            return self.rng.choice(COMMON_KEYS)
        root, suffix = self.rng.choice(self.words.roots), self.rng.choice(self.words.suffixes)
        key = f"{root}{self.words.join}{suffix}"
        return key.upper() if self.rng.random() < 0.2 else key

    def host(self) -> str:
        label = self.rng.choice(self.words.labels)
        return (
            f"{label}{self.rng.choice(('', '', '2', '-eu'))}.{self.rng.choice(self.words.makers)}{self.rng.randrange(60)}.example"
        )

    def app(self, **given: object) -> App:
        self._number += 1
        rng = self.rng
        drawn = App(
            package=f"com.{rng.choice(self.words.makers)}.app{self._number}",
            host=self.host(),
            path_sent="/" + "/".join(rng.sample(self.words.segments, rng.randrange(0, 4))),
            keys=tuple(dict.fromkeys(self.key() for _ in range(rng.randrange(3, 14)))),
            kinds=tuple(rng.sample(sorted(READS), rng.choice((0, 0, 1, 1, 2, 3)))),
            media=rng.choice(("application/json", "application/json", f"application/x-{rng.choice(self.words.makers)}")),
            base64=rng.random() < 0.3,
            boot=rng.random() < 0.3,
            renamed=rng.random() < 0.4,
            sends=rng.random() < 0.85,
        )
        return replace(drawn, **given)  # type: ignore[arg-type]

    def sender(self, **given: object) -> App:
        kinds = tuple(self.rng.sample(sorted(READS), self.rng.randrange(1, 4)))
        return self.app(**{"kinds": kinds, "sends": True, "boot": self.rng.random() < 0.6} | given)

    @cache  # noqa: B019 - one maker lives as long as its cases
    def crowd(self) -> tuple[App, ...]:
        return tuple(self.app() for _ in range(60))

    def case(self, scenario: str) -> Case:
        rng = self.rng
        crowd = rng.sample(self.crowd(), rng.choice((5, 11, 20, 40)))
        extra = (f"{self.key()}x",) if rng.random() < 0.3 else ()
        sender = self.sender()
        if scenario in ("split", "host", "all", "native", "told", "model", "keys", "constants"):
            sender = replace(sender, hides=scenario)
        match scenario:
            case "shared SDK":
                twins = [
                    replace(sender, package=f"com.{rng.choice(self.words.makers)}.twin{n}") for n in range(rng.randrange(1, 5))
                ]
                return self._case(scenario, sender, [*crowd, *twins], extra, alike=tuple(t.path for t in twins))
            case "shared SDK, tagged":
                twins = [
                    replace(sender, package=f"com.{rng.choice(self.words.makers)}.twin{n}") for n in range(rng.randrange(1, 5))
                ]
                return self._case(scenario, sender, [*crowd, *twins], extra, tagged=sender.package)
            case "two versions":
                older = replace(sender, folder="data/app", version="1.3", keys=sender.keys[:-1])
                return self._case(scenario, sender, [*crowd, older], extra, alike=(older.path,))
            case "agent of another app":
                other = self.sender()
                case = self._case(scenario, sender, [*crowd, other], extra)
                agents = (f"{other.package}/1.4 (Linux; U; Android 8.1.0)",)
                return replace(case, sighting=replace(case.sighting, agents=agents))
            case "same host in two apps":
                return self._case(scenario, sender, [*crowd, self.sender(host=sender.host)], extra)
            case "host in a log":
                decoy = self.app(mentions=(sender.host,), internet=rng.random() < 0.5)
                return self._case(scenario, sender, [*crowd, decoy], extra)
            case "common names":
                return self._case(scenario, replace(sender, keys=COMMON_KEYS[:6]), crowd, extra)
            case "only the outside":
                return self._case(scenario, sender, crowd, extra, only_outside=True)
            case "only the outside, host in a list":
                decoy = self.app(mentions=(sender.host, *(self.host() for _ in range(3))))
                return self._case(scenario, sender, [*crowd, decoy], extra, only_outside=True)
            case "absent":
                return self._case(scenario, sender, crowd, extra, absent=True)
            case "absent, same data sent elsewhere":
                return self._case(scenario, sender, [*crowd, self.sender(kinds=sender.kinds)], extra, absent=True)
            case "absent, host in a log":
                decoy = self.app(mentions=(sender.host,), internet=rng.random() < 0.5)
                return self._case(scenario, sender, [*crowd, decoy], extra, absent=True)
            case "absent, other host of the domain":
                other = self.sender(host="www." + sender.host.partition(".")[2])
                return self._case(scenario, sender, [*crowd, other], extra, absent=True)
            case "absent, only the outside":
                return self._case(scenario, sender, crowd, extra, absent=True, only_outside=True)
            case _:
                return self._case(scenario, sender, crowd, extra)

    def _case(
        self,
        scenario: str,
        sender: App,
        crowd: list[App],
        extra: tuple[str, ...],
        *,
        absent: bool = False,
        only_outside: bool = False,
        tagged: str = "",
        alike: tuple[str, ...] = (),
    ) -> Case:
        return Case(
            scenario=scenario,
            sighting=seen(sender, only_outside=only_outside, tagged=tagged, soon=sender.boot, extra=extra),
            build=build_of(*crowd, *([] if absent else [sender])),
            truth=None if absent else sender.path,
            alike=alike,
        )


SCENARIOS: Final = (
    "plain",
    "split",
    "host",
    "all",
    "native",
    "told",
    "model",
    "keys",
    "constants",
    "shared SDK",
    "shared SDK, tagged",
    "two versions",
    "same host in two apps",
    "agent of another app",
    "host in a log",
    "common names",
    "only the outside",
    "only the outside, host in a list",
    "absent",
    "absent, same data sent elsewhere",
    "absent, host in a log",
    "absent, other host of the domain",
    "absent, only the outside",
)
"""`plain`: everything stands in the code as sent. What one word names is what the sender hides, see `App.hides`."""


def cases(vocabulary: Vocabulary, each: int, seed: int = 1) -> list[Case]:
    """So many cases of each scenario, the same ones for the same arguments."""
    maker = Maker(vocabulary, seed)
    return [maker.case(scenario) for _ in range(each) for scenario in SCENARIOS]
