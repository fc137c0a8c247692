"""The command as a person calls it: what it prints, writes and ends with."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from vuoto.cli._inputs import Opening, list_inputs
from vuoto.errors import InputError

ROOT: Final = Path(__file__).resolve().parents[2]
EXAMPLE: Final = ROOT / "examples" / "nokia-7-plus.pcapng"
DEVICE: Final = ROOT / "examples" / "nokia-7-plus.device.toml"
DECLARATION: Final = ROOT / "examples" / "nokia-7-plus.declaration.toml"


def vuoto(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, as users do."""
    command = [sys.executable, "-c", "from vuoto.cli import main; main()", *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
    )


def document(*arguments: str | Path, stdin: bytes = b"") -> dict[str, object]:
    done = vuoto("audit", *arguments, "--format", "json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


def test_says_what_a_journalist_reads_first() -> None:
    done = vuoto("audit", EXAMPLE, "--device", DEVICE, "--declaration", DECLARATION)
    text = " ".join(done.stdout.decode().split())
    assert done.returncode == 0
    assert "IMEI, ICCID, IMSI, Wi-Fi MAC address and cell id left this phone unencrypted, 3 times, to zzhc.vnet.cn" in text
    assert "The media type claims encryption; there is none." in text
    assert "no adequacy decision for China" in text
    assert "illegal" not in text
    assert all(len(line) <= 80 for line in done.stdout.decode().splitlines())


def test_the_same_input_gives_the_same_bytes_on_one_core_or_two() -> None:
    one = vuoto("audit", EXAMPLE, "--format", "json", "--workers", "1", PYTHONHASHSEED="1")
    two = vuoto("audit", EXAMPLE, "--format", "json", "--workers", "2", PYTHONHASHSEED="2")
    assert one.stdout == two.stdout
    assert one.stdout


def many_conversations(count: int, *, devices: int = 1) -> bytes:
    """A capture of UDP datagrams with an IMEI each, every one a conversation of its own."""
    records = [struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)]
    for n in range(count):
        payload = f"imei=490154203237518&n={n}".encode()
        size = 28 + len(payload)
        ip = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 17, 0, bytes([10, 0, 0, 2 + n % devices]), bytes([203, 0, 113, n % 250])
        )
        frame = ip + struct.pack("!HHHH", 20_000 + n, 9_999, size - 20, 0) + payload
        records.append(struct.pack("<IIII", 1_550_000_000 + n, 0, len(frame), len(frame)) + frame)
    return b"".join(records)


def test_many_conversations_and_their_files_are_the_same_from_one_process_or_two(tmp_path: Path) -> None:
    """So many that they are shared between processes, and that each file is written by one of its own."""
    capture = tmp_path / "many.pcap"
    capture.write_bytes(many_conversations(3_000))
    printed = []
    for workers in ("1", "2"):
        out = tmp_path / workers
        done = vuoto("audit", capture, "--format", "json", "--out", out, "--workers", workers, PYTHONHASHSEED=workers)
        assert done.returncode == 0, done.stderr
        printed.append((done.stdout, (out / "audit.json").read_bytes(), (out / "report.html").read_bytes()))
    assert printed[0] == printed[1]
    assert printed[0][0] == printed[0][1]
    found = json.loads(printed[0][0])
    assert len(found["flows"]) == 3_000
    assert sum(d["count"] for d in found["disclosures"] if d["kind"] == "imei") == 3_000


def test_a_pipe_a_folder_and_a_compressed_file_tell_the_same(tmp_path: Path) -> None:
    data = EXAMPLE.read_bytes()
    (tmp_path / "case.pcapng.gz").write_bytes(gzip.compress(data, mtime=0))
    (tmp_path / "notes.txt").write_text("not a capture")
    (tmp_path / "nowhere.pcap").symlink_to("y" * 300)
    plain = document(EXAMPLE)
    for other in (document("-", stdin=data), document(tmp_path)):
        assert other["disclosures"] == plain["disclosures"]
        assert other["verdicts"] == plain["verdicts"]


def test_the_page_is_the_same_wherever_it_was_made_and_names_no_folder(tmp_path: Path) -> None:
    elsewhere = tmp_path / "home of Anna"
    elsewhere.mkdir()
    for file in (EXAMPLE, DEVICE):
        (elsewhere / file.name).write_bytes(file.read_bytes())
    here = vuoto("audit", EXAMPLE, "--device", DEVICE, "--format", "html", "--workers", "1").stdout
    there = vuoto("audit", elsewhere / EXAMPLE.name, "--device", elsewhere / DEVICE.name, "--out", tmp_path / "case", "--quiet")
    assert there.returncode == 0
    assert (tmp_path / "case" / "report.html").read_bytes() == here
    assert b"vuoto audit nokia-7-plus.pcapng --device nokia-7-plus.device.toml --out audit" in here
    assert b"Anna" not in here


def test_a_redacted_page_does_not_name_the_address_that_was_told() -> None:
    page = vuoto("audit", EXAMPLE, "--device-address", "192.168.10.23", "--redact", "--format", "html").stdout
    assert b"--redact --out audit" in page
    assert b"192.168.10.23" not in page


def test_a_folder_that_may_not_be_read_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pcapng").write_bytes(EXAMPLE.read_bytes())
    assert list_inputs((str(tmp_path),)) == [(tmp_path / "a.pcapng", False)]
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root, as CI runs, may read everything
    with pytest.raises(InputError, match="Permission denied"):
        list_inputs((str(tmp_path),))


def test_a_folder_within_a_folder_that_may_not_be_read_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("open", "shut"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.pcapng").write_bytes(EXAMPLE.read_bytes())
    whole = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", path)
        return whole(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert list_inputs((str(tmp_path),)) == [(tmp_path / "open" / "a.pcapng", False), (tmp_path / "shut", False)]


def test_a_file_of_a_folder_that_cannot_be_opened_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pcapng").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "b.pcap").write_bytes(EXAMPLE.read_bytes())
    whole = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "b.pcap":
            raise PermissionError(13, "Permission denied")
        return whole(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    sources = list(Opening(1).sources([(tmp_path / "a.pcapng", False), (tmp_path / "b.pcap", False)]))
    assert [s.name for s in sources] == ["a.pcapng", "b.pcap"]
    with pytest.raises(PermissionError):
        sources[1].stream.read(1)
    with pytest.raises(InputError, match="Permission denied"):
        list(Opening(1).sources([(tmp_path / "b.pcap", True)]))


def test_mistakes_in_several_lines_are_followed_by_the_next_step_on_its_own(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text("[controler]\nname = 'x'\n")
    said = vuoto("declaration", tmp_path / "d.toml").stderr.decode().splitlines()
    assert said[-1] == "Correct the file and run again"
    assert not [line for line in said if line.startswith(".")]


def test_out_writes_the_document_and_the_page(tmp_path: Path) -> None:
    done = vuoto("audit", EXAMPLE, "--out", tmp_path / "case", "--format", "sarif", "--quiet")
    assert (done.returncode, done.stdout) == (0, b"")
    assert {p.name for p in (tmp_path / "case").iterdir()} == {"audit.json", "report.html", "audit.sarif"}


def test_quiet_leaves_out_the_report_and_never_the_answer(tmp_path: Path) -> None:
    assert vuoto("audit", EXAMPLE, "--quiet").stdout == b""
    for form in ("json", "csv", "sarif", "html"):
        quiet = vuoto("audit", EXAMPLE, "--quiet", "--format", form)
        assert quiet.stdout == vuoto("audit", EXAMPLE, "--format", form).stdout != b""
    written = vuoto("audit", EXAMPLE, "--quiet", "--format", "json", "--out", tmp_path)
    assert (written.returncode, written.stdout) == (0, b"")


@pytest.mark.parametrize("command", [[], ["audit"], ["declaration"], ["firmware"], ["firmware", "show"]])
def test_help_has_a_short_name_everywhere(command: list[str]) -> None:
    assert vuoto(*command, "-h").stdout == vuoto(*command, "--help").stdout != b""


def test_a_file_in_the_place_of_a_command_is_told_where_it_goes() -> None:
    for given, says in ((EXAMPLE, f"'vuoto audit {EXAMPLE}'"), ("audti", "'audit'")):
        done = vuoto(given)
        assert done.returncode == 2
        assert f"Did you mean {says}?" in done.stderr.decode()


def test_the_help_of_a_declaration_names_its_forms() -> None:
    assert b"[dpv|fides|notice|record-csv|record-json]" in vuoto("declaration", "--help").stdout


def test_masks_unless_revealed() -> None:
    imei = b"001017001234569"
    assert imei not in vuoto("audit", EXAMPLE, "--device", DEVICE, "--format", "json").stdout
    assert imei in vuoto("audit", EXAMPLE, "--format", "json", "--reveal").stdout


@pytest.mark.parametrize(
    ("threshold", "code"),
    [("imei", 1), ("imei:known", 0), ("any:validated", 1), ("no-declared-basis", 1), ("email", 0), ("adequate", 0)],
)
def test_fail_on(threshold: str, code: int) -> None:
    assert vuoto("audit", EXAMPLE, "--fail-on", threshold, "--quiet").returncode == code


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["audit", "no-such-file.pcap"], 3, "no such file"),
        (["audit", str(ROOT / "LICENSE")], 3, "LICENSE"),
        (["audit", str(EXAMPLE), "--as-of", "yesterday"], 2, "2019-02-20"),
        (["audit", str(EXAMPLE), "--fail-on", "imey"], 2, "imei"),
        (["audit", str(EXAMPLE), "--fail-on", "imie"], 2, "Did you mean imsi or imei?"),
        (["audit", str(EXAMPLE), "--fail-on", "imei:sure"], 2, "'sure' is no certainty"),
        (["audit", str(EXAMPLE), "--fail-on", "undeclard"], 2, "Did you mean undeclared or declared?"),
        (["audit", str(EXAMPLE), "--out", str(EXAMPLE)], 3, "is a file"),
        (["audit", str(EXAMPLE), "--device-country", "UK"], 2, "GB for the UK"),
        (["audit", str(EXAMPLE), "--device-address", "router"], 2, "192.168.1.23"),
        (["audit", str(EXAMPLE), "--device-country", "Norway"], 2, "FI"),
        (["audit", str(EXAMPLE), "--networks", str(ROOT / "LICENSE")], 3, "LICENSE"),
        (["audit", str(EXAMPLE), "--reveal", "--redact"], 2, "contradict"),
        (["audit", "-", "-"], 2, "once"),
        (["audit"], 2, "INPUT"),
        (["audit", str(EXAMPLE), "--declaration", str(DEVICE)], 3, "toml"),
        (["audit", str(EXAMPLE), "--device", str(DECLARATION)], 3, "toml"),
        (["declaration", str(DEVICE)], 3, "toml"),
        (["declaration", str(DECLARATION), "--format", "novel"], 2, "notice"),
    ],
)
def test_errors_say_what_and_the_next_step(arguments: list[str], code: int, says: str) -> None:
    done = vuoto(*arguments)
    said = done.stderr.decode()
    assert done.returncode == code, said
    assert says in said
    assert "Traceback" not in said


def test_an_empty_input_is_an_error_and_a_cut_one_is_read(tmp_path: Path) -> None:
    (tmp_path / "empty.pcap").write_bytes(b"")
    assert vuoto("audit", tmp_path / "empty.pcap").returncode == 3
    (tmp_path / "cut.pcapng").write_bytes(EXAMPLE.read_bytes()[:60_001])
    cut = document(tmp_path / "cut.pcapng")
    problems = cut["problems"]
    assert isinstance(problems, list)
    assert any("last whole" in p["what"] or "cut" in p["what"] for p in problems)


def test_a_file_of_a_folder_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.pcapng").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "b.pcap").write_bytes(b"nothing of the kind")
    both = document(tmp_path)
    problems, inputs = both["problems"], both["inputs"]
    assert isinstance(problems, list)
    assert isinstance(inputs, list)
    assert [i["name"] for i in inputs] == ["a.pcapng"]
    assert any(p["where"] == "b.pcap" for p in problems)


def problems_of(made: dict[str, object]) -> list[tuple[str, str]]:
    problems = made["problems"]
    assert isinstance(problems, list)
    return [(p["where"], p["what"]) for p in problems]


def test_an_address_that_no_conversation_has_is_said_to_be_none() -> None:
    said = problems_of(document(EXAMPLE, "--device-address", "10.9.9.9"))
    what = "the device is said to have the address 10.9.9.9, and no conversation has it"
    assert said == [("--device-address", what)]
    assert not problems_of(document(EXAMPLE, "--device-address", "192.168.10.23"))


def test_several_devices_in_one_capture_are_said_to_be_so(tmp_path: Path) -> None:
    capture = tmp_path / "office.pcap"
    capture.write_bytes(many_conversations(4, devices=2))
    ((where, what),) = problems_of(document(capture))
    assert where == "office.pcap"
    assert what == "2 addresses (10.0.0.2, 10.0.0.3) speak as a device would: what left any of them is told as one device's"
    assert not problems_of(document(capture, "--device-address", "10.0.0.2"))
    assert b"10.0.0." not in vuoto("audit", capture, "--redact", "--format", "json").stdout
    capture.write_bytes(many_conversations(4))
    assert not problems_of(document(capture))


def test_a_capture_given_twice_is_said_to_be_counted_twice(tmp_path: Path) -> None:
    (tmp_path / "copy.pcapng").write_bytes(EXAMPLE.read_bytes())
    said = problems_of(document(EXAMPLE, tmp_path / "copy.pcapng"))
    assert said == [("copy.pcapng", "the same bytes as nokia-7-plus.pcapng: what they hold is counted again")]


def test_a_capture_and_its_packed_copy_are_said_to_be_counted_twice(tmp_path: Path) -> None:
    (tmp_path / "copy.pcapng.gz").write_bytes(gzip.compress(EXAMPLE.read_bytes()))
    said = problems_of(document(EXAMPLE, tmp_path / "copy.pcapng.gz"))
    what = "as many frames as nokia-7-plus.pcapng, between the same moments: if it is the same capture, it is counted again"
    assert said == [("copy.pcapng.gz", what)]
    for name, count in (("a.pcap", 2), ("b.pcap", 3)):
        (tmp_path / name).write_bytes(many_conversations(count))
    assert not problems_of(document(tmp_path / "a.pcap", tmp_path / "b.pcap"))


def test_a_har_does_not_reason_about_addresses(tmp_path: Path) -> None:
    request = {"method": "GET", "url": "https://api.example.com/?imei=350000001234562", "headers": []}
    entry = {"startedDateTime": "2024-01-01T00:00:00Z", "serverIPAddress": "198.51.100.7", "request": request, "response": {}}
    (tmp_path / "a.har").write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    made = document(tmp_path / "a.har")
    device, summary = made["device"], made["summary"]
    assert isinstance(device, dict)
    assert isinstance(summary, dict)
    assert device["addresses_why"] == "a list of requests does not name the device's address"
    assert summary["sentences"][0].startswith("IMEI left this phone over TLS of an unknown version, once, to api.example.com")


def test_the_law_of_the_day_can_be_asked_for() -> None:
    made = document(EXAMPLE, "--as-of", "2026-01-01")
    verdicts = made["verdicts"]
    assert isinstance(verdicts, list)
    assert {v["as_of"] for v in verdicts} == {"2026-01-01"}


def test_every_export_of_a_declaration_is_written() -> None:
    for form in ("record-csv", "record-json", "notice", "dpv", "fides"):
        done = vuoto("declaration", DECLARATION, "--format", form)
        assert done.returncode == 0
        assert b"Example Mobile Oy" in done.stdout
    assert b"sound" in vuoto("declaration", DECLARATION).stdout


def test_reading_stops_quietly_when_nobody_listens() -> None:
    command = [sys.executable, "-c", "from vuoto.cli import main; main()", "audit", str(EXAMPLE), "--format", "json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    assert isinstance(process.stdout, io.BufferedReader)
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert b"Traceback" not in said
    assert b"bug" not in said
