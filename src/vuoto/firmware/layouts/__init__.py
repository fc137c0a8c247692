"""On-disk structures that the readers of `vuoto.firmware.images` share: stretches, compressed data, paths, wire formats."""
