"""Ways on which what was read may reach a send, with their steps.

Two strengths. `value`: the value itself was followed from the read through registers, results, parameters and fields to an
argument of a call that sends (or of a write to a stream, in a method that opens one to the network). `calls`: only the order of
calls connects the two. One way, the shortest met first, for each kind and send (`value`), or each read and channel (`calls`).

What this cannot see is in `LIMITS`, which every report repeats: a way that is missing here may exist, and one that is shown may
never be taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vuoto.facts.code import CodeSend, DataPath, PathStep
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.code.call_graph import CallGraph, Node
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.values import Found, Sent, Values

LIMITS: Final = (
    "Static presence is no proof of use: conditions, permissions, settings and servers decide what runs",
    (
        "Values are not followed through native code, reflection with computed names, extras of intents, stored preferences, "
        "files, databases, interfaces of the framework, or messages between processes"
    ),
    (
        "Objects, elements and keys are told apart inside a method; between methods a field is one place for all objects of its "
        "class. What a call of the system does with a value is assumed, not known, and so is the order in which it calls back"
    ),
)
# Ways by calls alone: longer ones connect anything with anything.
MAX_CALLS: Final = 5
MAX_CALL_NODES: Final = 4_000


def find_paths(program: Program, reads: Sequence[Found], sends: Sequence[Sent]) -> tuple[list[DataPath], list[str]]:
    """Every way, sorted, and the bounds that were met, as sentences. Kinds that single nobody out (a model) are not followed."""
    personal = [read for read in reads if kind_of(read[0].kind).family != "technical"]
    if not personal or not sends:
        return [], []
    graph = CallGraph(program)
    called = [read for read in personal if read[2] < 0 or not graph.is_never_called(graph.node_of(read[1], read[2]))]
    never, personal = len(personal) - len(called), called
    values = Values(graph, sends)
    paths: list[DataPath] = []
    cut: list[str] = []
    for kind in sorted({read.kind for read, _, _ in personal}):
        found, whole = values.follow([read for read in personal if read[0].kind == kind])
        paths += found
        if not whole:
            cut.append(f"The search for ways of {kind_of(kind).title} was cut off")
    done = {path.read for path in paths}
    paths += find_call_ways(graph, [read for read in personal if read[0] not in done], sends)
    if never:
        cut.append(f"{never:,} reads in private methods that nothing in the package calls or names were not followed")
    if graph.bounded:
        cut.append(f"{graph.bounded:,} calls through an interface or a class with many subclasses were not followed")
    return sorted(paths, key=lambda path: (path.read, path.send, path.strength, len(path.steps))), cut


def find_call_ways(graph: CallGraph, reads: Sequence[Found], sends: Sequence[Sent]) -> list[DataPath]:
    """Ways by calls alone: the method that reads, or one that gets its result, goes on to call what sends."""
    program = graph.program
    result: list[DataPath] = []
    for channel in sorted({send.channel for send, _, _ in sends}):
        onward = _ways_to(graph, [send for send in sends if send[0].channel == channel])
        for read, number, row in reads:
            if row < 0:
                continue
            node = graph.node_of(number, row)
            steps = [PathStep(how="reads", what=read.api, place=read.place)]
            callers = [node]
            if node not in onward and not program.method_of_body(*node).endswith(")V"):
                callers = [graph.node_of(*call) for call in graph.callers(node)]
            start = next((one for one in callers if one in onward), None)
            if start is None:
                continue
            if start != node:
                steps.append(PathStep(how="returns to", what=program.method_of_body(*start), place=read.place))
            at: Node | None = start
            send = None
            while at is not None:
                at, step, send = onward[at]
                steps.append(step)
            assert send is not None
            result.append(DataPath(read=read, send=send, strength="calls", steps=tuple(steps)))
    return result


def _ways_to(graph: CallGraph, sends: Sequence[Sent]) -> dict[Node, tuple[Node | None, PathStep, CodeSend]]:
    """For each body from which one of the sends can be reached by calls: the next body, the step there, the send."""
    program = graph.program
    onward: dict[Node, tuple[Node | None, PathStep, CodeSend]] = {}
    level: list[Node] = []
    for send, number, row in sends:
        node = graph.node_of(number, row)
        if node not in onward:
            onward[node] = (None, PathStep(how="sends", what=send.api, place=program.place(number, row)), send)
            level.append(node)
    for _ in range(MAX_CALLS):
        further: list[Node] = []
        for node in level:
            what, send = program.method_of_body(*node), onward[node][2]
            edges = [("calls", site) for site in graph.callers(node)] + [("hands over to", site) for site in graph.starters(node)]
            for how, (number, row) in edges:
                above = graph.node_of(number, row)
                if above not in onward and len(onward) < MAX_CALL_NODES:
                    onward[above] = (node, PathStep(how=how, what=what, place=program.place(number, row)), send)
                    further.append(above)
        level = further
    return onward
