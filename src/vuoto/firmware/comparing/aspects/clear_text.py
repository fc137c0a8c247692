"""Whether Android lets a package send without TLS, in general and to single hosts; and debuggable packages."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.changes import Change
from vuoto.firmware.clear_text import clear_text_allowed
from vuoto.firmware.comparing.abilities import can_send
from vuoto.firmware.comparing.aspect import Aspect, Pair


def _compare(pair: Pair) -> Iterator[Change]:
    old, new = pair.old.package if pair.old is not None else None, pair.new.package
    if new.kind == "apk" and can_send(pair.new):
        after = clear_text_allowed(new)
        before = old is not None and clear_text_allowed(old)
        # A new package whose old target level allows it says nothing; one that asks for it does.
        if after and not before and (old is not None or new.cleartext or new.network_security is not None):
            says = "may send without TLS to any host (its settings allow clear text)"
            yield pair.change("clear-text", "added", "medium", "*", says, before="no", after="yes")
        elif before and not after:
            yield pair.change("clear-text", "removed", "none", "*", "may no longer send without TLS", before="yes", after="no")
        if not after:
            hosts = {name for rule in new.network_security or () if rule.cleartext and not rule.debug_only for name in rule.hosts}
            for name in sorted(hosts):
                if old is None or not clear_text_allowed(old, name.removeprefix("*.")):
                    says = f"may send without TLS to {name} (its network security configuration allows it)"
                    yield pair.change("clear-text", "added", "medium", name, says, after="yes")
    if new.debuggable and (old is None or not old.debuggable):
        says = "may be debugged: whoever has the phone reads its memory and runs code as it"
        yield pair.change("debuggable", "added", "high", "debuggable", says, after="yes")
    users = _trusts_users(pair.new.package.network_security)
    if users and (old is None or not _trusts_users(old.network_security)):
        says = "trusts certificates that a user or an administrator installs, which lets them read its TLS"
        yield pair.change("trust", "added", "medium", "user", says, after="user")


def _trusts_users(rules: object) -> bool:
    return isinstance(rules, tuple) and any("user" in rule.trust and not rule.debug_only for rule in rules)


ASPECT = Aspect(
    makes=("clear-text", "debuggable", "trust"),
    compares=(
        "`usesCleartextTraffic`, the network security configuration and the target API level behind them (`clear-text`), "
        "trust in users' certificates (`trust`), and `debuggable`"
    ),
    compare=_compare,
)
