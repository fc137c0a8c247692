"""Small networks and tables for the tests of this room."""

from __future__ import annotations

from ipaddress import ip_network

from mmdb import write_mmdb

INCIDENT = ("zzhc.vnet.cn", "42.99.2.15")

OWN_TABLE = b"""
[[organisation]]
name = "Example Cloud"
country = "US"
domains = ["cloud.example.com"]
source = "the test's own word"
date = 2026-01-02
hosting = true

[[organisation]]
name = "Example Mobile Oy"
country = "FI"
domains = ["example.test", "mobile.example.com"]
source = "the test's own word"
date = 2026-01-02

[[organisation]]
name = "Example Collector"
country = "CN"
domains = ["collector.example.com"]
source = "the test's own word"
date = 2026-01-02
"""


def mmdb(*networks: tuple[str, dict[str, str | int]], built: int = 1_700_000_000) -> bytes:
    """An MMDB that gives each network its record; built on 2023-11-14 unless told otherwise."""
    rows = []
    for index, (text, _) in enumerate(networks):
        network = ip_network(text)
        rows.append((int(network.network_address), int(network.broadcast_address), index))
    return write_mmdb(
        sorted(rows), [record for _, record in networks], database_type="Test", description="for a test", build_epoch=built
    )


OWN_NETWORKS = mmdb(
    ("42.99.2.0/28", {"asn": 64_496, "as_name": "Example AS", "as_country": "FI", "registry_country": "FI"}),
    ("42.99.2.16/28", {"asn": 64_497, "as_name": "Example US", "as_country": "US", "registry_country": "FI"}),
    ("42.99.2.32/28", {"asn": 64_498, "as_name": "Example DE", "as_country": "DE", "registry_country": "DE"}),
    ("42.99.2.48/28", {"asn": 64_499, "as_name": "Example US 2", "as_country": "US", "registry_country": "US"}),
)
FINNISH, DISPUTED, GERMAN, AMERICAN = "42.99.2.1", "42.99.2.17", "42.99.2.33", "42.99.2.49"
