"""Builds for tests: any build at all, drawn from the annotations of the facts, and a small one to read."""

from __future__ import annotations

import types
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from vuoto.facts.builds import BuildFacts, BuildProperty, ReadBuild, ReadPackage
from vuoto.facts.code import ClassPrint, CodeFacts, CodePlace, CodeSend, CodeString, CodeWord, DataPath, IdentifierRead, PathStep
from vuoto.facts.packages import Component, FoundString, Package, Trigger

TEXT = st.text(st.characters(exclude_categories=()), max_size=6) | st.sampled_from(["", "a", "zzhc.vnet.cn", "\ud800", "é"])


@cache
def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a fact's type; of `bytes`, which an index does not keep, none."""
    if hint is str:
        return TEXT
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(0, 300)
    origin, given = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(*(st.none() if one is type(None) else anything(one) for one in given))
    if origin is tuple and given[-1] is Ellipsis:
        hints = getattr(given[0], "__annotations__", {})
        if "bytes" in hints.values():
            return st.just(())
        return st.lists(anything(given[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(anything, given))
    hints = get_type_hints(hint)
    required = {f.name: anything(hints[f.name]) for f in fields(hint) if f.default is MISSING}
    more = {f.name: anything(hints[f.name]) for f in fields(hint) if f.default is not MISSING}
    # Few of the optional fields at once keep an example small.
    chosen = st.fixed_dictionaries(required, optional=more)
    return chosen.map(lambda values: hint(**values))


def by_path(build: ReadBuild) -> ReadBuild:
    """As a build is read: its packages by path."""
    order = sorted(build.packages, key=lambda read: (read.package.path, read.package.sha256, read.package.size))
    return ReadBuild(name=build.name, format=build.format, build=build.build, packages=tuple(order), problems=build.problems)


def place(method: str = "send()V") -> CodePlace:
    return CodePlace(dex="classes.dex", method=f"Lcom/example/agent/Agent;->{method}", offset=4)


def agent(path: str = "system/priv-app/Agent/Agent.apk", host: str = "zzhc.vnet.cn") -> ReadPackage:
    """A package that reads an identifier and sends it in clear text when the phone starts."""
    read = IdentifierRead(
        kind="imei", api="getImei", how="call", certainty="validated", why="the call", source="telephony", place=place()
    )
    send = CodeSend(channel="http", api="openConnection", place=place())
    step = PathStep(how="sends", what="openConnection", place=place())
    package = Package(
        path=path,
        kind="apk",
        size=1000,
        sha256="ab" * 32,
        name="com.example.agent",
        version_name="1.2",
        version_code=12,
        components=(
            Component(
                kind="receiver",
                name="com.example.agent.Boot",
                exported=True,
                exported_declared=True,
                enabled=True,
                process=None,
                permission=None,
            ),
        ),
        triggers=(Trigger(kind="boot", component="com.example.agent.Boot", clue="android.intent.action.BOOT_COMPLETED"),),
        strings=(FoundString(path="resources.arsc", name="string/server", value="https://eu.example.net/v1"),),
    )
    url = CodeString(kind="url", value=f"http://{host}:9999/", host=host, certainty="validated", why="a URL", places=(place(),))
    code = CodeFacts(
        strings=(url,),
        reads=(read,),
        sends=(send,),
        transforms=(),
        trust_flaws=(),
        paths=(DataPath(read=read, send=send, strength="value", steps=(step,)),),
        limits=(),
        classes=1,
        methods=2,
        instructions=30,
        words=(CodeWord(value="SIM1ICCID", classes=("Lcom/example/agent/Agent;",)),),
        prints=(ClassPrint(name="Lcom/example/agent/Agent;", print="0123456789abcdef", features=(1, 2, 1 << 31)),),
    )
    return ReadPackage(package=package, code=code)


def clock(path: str = "system/app/Clock/Clock.apk") -> ReadPackage:
    """A package that does nothing of the kind."""
    return ReadPackage(package=Package(path=path, kind="apk", size=10, sha256="cd" * 32, name="com.example.clock"), code=None)


def build(*packages: ReadPackage) -> ReadBuild:
    """A build with these packages."""
    kept = BuildProperty(name="persist.vendor.radio.ps.registration.enabled", value="1", file="vendor/build.prop")
    facts = BuildFacts(
        fingerprint="example/phone_00WW/phone:9/PKQ1/00WW:user/release-keys",
        fingerprints=(("system", "a"), ("vendor", "b")),
        security_patch="2019-02-01",
        incremental="00WW",
        device="phone",
        model="Phone",
        brand="example",
        product="phone_00WW",
        release="9",
        sdk=28,
        variant=(kept,),
        properties=(kept,),
    )
    return ReadBuild(name="build.zip", format="ota-zip", build=facts, packages=packages, problems=())
