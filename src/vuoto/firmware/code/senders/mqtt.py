"""Messages published to a broker."""

from __future__ import annotations

from vuoto.firmware.code.sender import SendCall, Sender

SENDER = Sender(
    name="MQTT",
    documented="Eclipse Paho (eclipse.dev/paho)",
    calls=(SendCall("mqtt", r"Lorg/eclipse/paho/(?:\w+/)+I?Mqtt(?:Async)?(?:Android)?Client;", ("publish", "connect")),),
)
