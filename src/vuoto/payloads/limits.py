"""Every bound of the letter opener, each with its reason. Deterministic: bytes are counted, never the clock."""

from __future__ import annotations

from typing import Final

MAX_DEPTH: Final = 12
"""Wrappings inside wrappings. The deepest seen in published formats is 6 (form, percent, base64, gzip, JSON, base64)."""

MAX_EXPANSION: Final = 200
"""Bytes of decompressed output per byte of message. JSON logs compress 5 to 50 times; a bomb 1,000 times per gzip."""

MAX_OUTPUT: Final = 16 * 1024 * 1024
"""Decompressed bytes per message, whatever its size: the largest upload that an app makes in the background stays below it."""

MIN_OUTPUT: Final = 64 * 1024
"""Decompressed bytes always allowed, so that a tiny, honest, well compressed body is not called a bomb."""

WORK_PER_BYTE: Final = 48
"""Bytes that decoders may look at per byte of message and of decompressed output: four decoders at twelve depths."""

MIN_WORK: Final = 4 * 1024 * 1024
"""Bytes that decoders may always look at, so that small messages may be deep."""

MAX_WORK: Final = 256 * 1024 * 1024
"""Bytes that decoders may look at in one message, whatever its size: some ten seconds of the slower ones. Base64 of gzip of JSON
in an upload of 16 MB takes half of it."""

MAX_PARTS: Final = 20_000
"""Labelled values per message. An hour of batched analytics events has some 5,000."""

MAX_LAYERS: Final = 4_000
"""Layers per message: a batch of events with a wrapped value each."""

MAX_VALUE: Final = 64 * 1024
"""Longest value that becomes a `Part`; a longer one is a document or a file, still unwrapped."""

MAX_TREE_DEPTH: Final = 256
"""Nesting inside one structured document (JSON, XML, MessagePack …); pointers stay short and walking them linear."""

MAX_PROBLEMS: Final = 32
"""Problems per message; the next ones say nothing new."""

MAX_RUNS: Final = 256
"""Encoded blobs tried inside one longer text."""

MAX_TEXT: Final = 4 * 1024 * 1024
"""Bytes of one text searched for home-made formats and blobs; past it, text is bulk content."""
