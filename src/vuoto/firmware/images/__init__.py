"""Container formats, one file each; see `vuoto.firmware.image.ImageFormat`."""
