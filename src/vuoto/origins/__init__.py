"""DETECTIVE: joins what left a device to the software that sent it.

`trace_origins` takes what was sighted on the wire and a build, and gives candidates with clues, and an answer per recipient: one
package, several within reach of each other, "not in this build", or "undecided" and why. Static presence is no proof of use.
"""

from __future__ import annotations

from vuoto.origins.build import Build, BuildInMemory
from vuoto.origins.joining import join_traces
from vuoto.origins.socket_traces import read_socket_traces
from vuoto.origins.tracing import trace_origins

__all__ = ["Build", "BuildInMemory", "join_traces", "read_socket_traces", "trace_origins"]
