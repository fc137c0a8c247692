"""DETECTIVE: joins what left a device to the software that sent it."""
