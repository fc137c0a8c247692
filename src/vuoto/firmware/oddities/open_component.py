"""Components that any other app reaches."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import Concern, OddityRule
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    for component in read.package.components:
        if (
            component.exported
            and component.enabled
            and component.permission is None
            and component.kind in ("service", "receiver", "provider")
        ):
            declared = "" if component.exported_declared else ", by Android's rule, as the manifest does not say"
            concern: Concern = "medium" if component.kind == "provider" else "low"
            says = f"the {component.kind} {component.name} is open to all apps{declared}"
            yield Found(says=says, concern=concern, component=component.name)


ODDITY = OddityFinder(
    rule=OddityRule(
        name="open-component",
        title="Other apps reach a component without a permission",
        concern="medium",
        help=(
            "Any installed app can start this service, send to this receiver or read from this provider. That may be "
            "meant; where it is not, set exported to false or ask for a permission of protection level signature. "
            "Activities are not told: being opened by others is what they are for."
        ),
    ),
    find=_find,
)
