"""The parts of `report.html`. Markup is built by `element.h`, which escapes by default."""
