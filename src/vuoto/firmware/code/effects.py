"""What is said of a value between methods: where it starts in one, what happens to it there, and what a call does with it."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Event(NamedTuple):
    """What happens to the value."""

    what: str
    """`argument` (given to a call), `kept` (in a field), `filled` (put into an object that a parameter gave), `returned`."""

    row: int
    """The instruction, counted from the first of the body."""

    reference: int = -1
    """Index of the method called, or -1."""

    positions: tuple[int, ...] = ()
    """For an argument: at which registers of the call; for `filled`: at which of the parameters' registers."""

    name: str = ""
    """The field, for `kept`."""

    selector: tuple[int | str, ...] | None = None
    """For `kept`: under which key or index of what the field holds; `None` for the field's value itself."""


class Start(NamedTuple):
    """What holds the value when the method begins, or while it runs."""

    parameters: int = 0
    """Mask of registers."""

    source: int = -1
    """The instruction whose result is the value."""

    filled: tuple[int, int] = (-1, 0)
    """A call, and the mask of the registers whose objects it puts the value into."""

    field: str = ""
    """A field that may hold it at any time."""

    selector: tuple[int | str, ...] | None = None
    """Under which key or index of what that field holds."""


class Behaviour(NamedTuple):
    """What a call does with a value that is among its arguments."""

    result: bool
    """Its result may hold the value."""

    receiver: bool
    """The object it is called on may hold the value afterwards."""

    of_receiver: bool
    """Its result may hold the value where only the object it is called on (its first register) does."""

    holds: bool
    """The object it is called on is of a class that is made to hold what it is given (`holders.HOLDS`)."""

    fluent: bool
    """It gives back the object it is called on."""

    own: bool
    """It is a method of the program."""

    key: int = -1
    """At which register the key stands under which it puts or gets; -1 for a call that does neither."""

    fills: int = -1
    """At which register the array stands that it copies the value into; -1 for none."""


class Accessor(NamedTuple):
    """What a short method does, where that is all it does: sets fields of its object, gives back one or a parameter."""

    puts: tuple[tuple[str, frozenset[int | str]], ...]
    """Fields in the order in which they are set, and where the new value comes from: parameters (positions) and fields."""

    result: frozenset[int | str]
    """Where its result comes from."""


class Calls(Protocol):
    """What is known of calls and fields outside the method."""

    def behaviour(self, row: int, reference: int, positions: tuple[int, ...]) -> Behaviour:
        """What a call does with a value at these registers."""

    def accessor(self, row: int) -> Accessor | None:
        """What the call does, where it is of an object made in the method and no more than an accessor."""

    def name_of(self, reference: int) -> str:
        """The name of a field."""

    def references_of(self, name: str) -> frozenset[int]:
        """The fields of the file that have this name."""

    def type_of(self, reference: int) -> str:
        """The name of a class."""

    def is_initialized(self, owner: str) -> bool:
        """Whether code of the program runs when the class is used the first time."""

    def is_own(self, name: str) -> bool:
        """Whether a field or method is of a class of the program."""

    def wrapped(self, row: int) -> tuple[int, int] | None:
        """For an object made at `row` that passes on what is written to it: the call that gave it the other, and the register."""
