"""MAP ROOM: who received it, each fact with its source.

`load_registers` opens the registers (`registers/`, one file each); `identify_recipients` asks them about the hosts and
addresses of a capture. Registrant, network, registry and claimed owner are separate facts that may contradict each other;
`country` holds the rule that decides which country counts for the verdict, or that none does.
"""

from vuoto.recipients.identifying import Contact, identify_recipients
from vuoto.recipients.opened import Registers, load_registers

__all__ = ["Contact", "Registers", "identify_recipients", "load_registers"]
