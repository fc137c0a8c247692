"""READING ROOM: reads a conversation as protocol messages.

`read_conversation(conversation)` gives what the conversation says of itself (protocols, protection, host, DNS answers, why
nothing could be read) and the messages that left the device. Protocols are files under `protocols/`; what none of them reads is
handed on as bytes.
"""

from vuoto.messages.protocol import GATHER_LIMIT
from vuoto.messages.reading import read_conversation

__all__ = ["GATHER_LIMIT", "read_conversation"]
