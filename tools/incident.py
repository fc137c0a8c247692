"""The incident's message, generations A to D, with synthetic identifiers: what the published client sends.

Facts about the wire format only (fields, encoding, headers), as published; no code of it.
"""

from __future__ import annotations

import base64
import json
from typing import Final, Literal

Generation = Literal["A", "B", "C", "D"]

HOST: Final = "zzhc.vnet.cn"
ADDRESS: Final = "42.99.2.15"
"""The address that three published module code bases give for that host; the one seen in Norway is not known."""

IMEI1: Final = "001017001234569"
IMEI2: Final = "001017001234577"
IMSI: Final = "001010123456789"
ICCID: Final = "89470000190220123457"
MAC: Final = "02:1a:c5:3d:7e:91"
CELL_ID: Final = "27447297"
MODEL: Final = "Nokia 7 plus"
BUILD: Final = "00WW_2_22D_SP01"


def body(generation: Generation, *, regdate: str = "2019-02-20 07:31:04") -> dict[str, str]:
    """The flat object that is sent, in the order of one run of a hash map."""
    if generation == "A":
        return {
            "REGVER": "1.0", "SID": "0", "MODEL": MODEL, "SIM1ICCID": ICCID, "NID": "0", "MACID": MAC, "MEID": IMEI1,
            "SIM1CDMAIMSI": "0", "SIM2CDMAIMSI": "0", "SIM1LTEIMSI": IMSI, "SIM2LTEIMSI": "0", "BASEID": CELL_ID, "UETYPE": "1",
            "SWVER": BUILD, "OSVER": "8.1.0", "HWVER": "B2N", "MANUFACTURE": "HMD Global", "REGDATE": regdate, "ACCESSTYPE": "1",
        }  # fmt: skip
    if generation == "D":
        return {
            "REGVER": "5.0", "MEID": "", "MODEL": MODEL, "SWVER": BUILD, "SIM1CELLID": "65", "SIM1ICCID": ICCID,
            "SIM1LTEIMSI": IMSI, "IMEI1": IMEI1, "REGDATE": regdate,
        }  # fmt: skip
    missing = "0" if generation == "B" else ""
    return {
        "SIM2IMSI": missing, "HWVER": "B2N", "IMEI2": IMEI2, "SIM1LTEIMSI": IMSI, "CELLID": missing, "OSVER": "android8.1.0",
        "DataSIM": "1", "MODEL": MODEL, "SIM2VoLTESW": missing, "MACID": MAC, "SIM1CDMAIMSI": missing, "MLPLVER": missing,
        "REGDATE": regdate, "SIM1TYPE": "2", "COLOR": missing, "SIM1VoLTESW": "1", "BASEID": CELL_ID, "UETYPE": "2",
        "SIM2LTEIMSI": missing, "MMEID": missing, "NID": missing, "MANUFACTURE": "HMD Global", "SIM1ICCID": ICCID,
        "SIM2CDMAIMSI": missing, "MODELSMS": MODEL, "IMEI1": IMEI1, "MEID": missing, "ACCESSTYPE": "1", "SIM2TYPE": missing,
        "REGVER": "2.0" if generation == "B" else "3.0", "SID": missing, "SIM2ICCID": missing, "SWVER": BUILD, "PNAME": missing,
        "MSPLVER": missing,
    }  # fmt: skip


def encoded(fields: dict[str, str], *, one_line: bool = False) -> bytes:
    """Base64 of the JSON as Android writes it: `/` escaped, a line feed after 76 characters and at the end."""
    text = json.dumps(fields, separators=(",", ":")).replace("/", "\\/").encode()
    return base64.b64encode(text) if one_line else base64.encodebytes(text)


def request(generation: Generation, *, regdate: str = "2019-02-20 07:31:04", one_line: bool = False) -> bytes:
    """The whole HTTP request. The media type claims encryption; there is none."""
    payload = encoded(body(generation, regdate=regdate), one_line=one_line)
    port = ":9999" if generation == "D" else ""
    head = (
        "POST / HTTP/1.1\r\nContent-Type: application/encrypted-json\r\n"
        "User-Agent: Dalvik/2.1.0 (Linux; U; Android 8.1.0; Nokia 7 plus Build/OPR1.170623.026)\r\n"
        f"Host: {HOST}{port}\r\nConnection: Keep-Alive\r\nAccept-Encoding: gzip\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload


def answer() -> bytes:
    """What a foreign SIM gets: not "0", so the client tries again and again."""
    payload = b'{"resultCode":"1","resultDesc":"Check error"}'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n"
    return head.encode() + payload
