"""Which systems of a plan send each other which kinds of messages, and a drawing of it as SVG.

A flow goes by what systems send and read; how many messages there are is known after a run.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nodes.systems.system import PlannedSystem

AXIS: Final = "exchange axis"
NOBODY: Final = "its recipient's inbox"
"""Where a message lies that no system reads."""
_WIDTH: Final = 900
_ROW: Final = 74
_TOP: Final = 56
_BOX: Final = 190
_LEFT, _MIDDLE, _RIGHT = 20, 480, 690
_STYLE: Final = """
.flows { max-width: 56rem; width: 100%; height: auto;
  --ink: #1c2230; --quiet: #555; --line: #0b5570; --box: #fff; --paper: #f7f8f4 }
.flows text { font: 14px system-ui, sans-serif; fill: var(--ink) }
.flows .kind { font: 13px ui-monospace, monospace } .flows .note { fill: var(--quiet) }
.flows rect { fill: var(--box); stroke: var(--line); stroke-width: 1.5 }
.flows path { fill: none; stroke: var(--line); stroke-width: 1.5 } .flows marker path { fill: var(--line) }
.flows .axis { fill: var(--line) } .flows .axis-name { fill: var(--box) }
.flows .paper { fill: var(--paper); stroke: none }
@media screen and (prefers-color-scheme: dark) {
  .flows { --ink: #eee; --quiet: #b5b5b5; --line: #7fc4dd; --box: #1d232c; --paper: #10151c } }
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of message between systems."""

    kind: str
    senders: tuple[tuple[str, int], ...]
    """Names of systems that send it, and how many there are of each."""
    readers: tuple[tuple[str, int], ...]
    """The same of those that read it; empty where no system does."""


def flows(planned_systems: Sequence[PlannedSystem]) -> list[Flow]:
    """Return the flows between systems, by kind."""
    counts: dict[str, int] = {}
    for planned in planned_systems:
        counts[planned.system.name] = counts.get(planned.system.name, 0) + 1
    systems = {planned.system.name: planned.system for planned in planned_systems}
    kinds = sorted({kind for system in systems.values() for kind in system.sends})
    return [
        Flow(
            kind,
            tuple((name, counts[name]) for name, system in systems.items() if kind in system.sends),
            tuple((name, counts[name]) for name, system in systems.items() if kind in system.reads),
        )
        for kind in kinds
    ]


def picture(title: str, found: Sequence[Flow]) -> str:
    """Draw flows as an SVG image: who sends to the left, who reads to the right, the axis between them."""
    rows = [max(len(flow.senders), len(flow.readers), 1) for flow in found]
    height = _TOP + sum(rows) * _ROW + 20
    centre = f"translate({_MIDDLE + 5} {(height + _TOP) // 2 - 10}) rotate(-90)"
    drawn = [
        f'<rect class="axis" x="{_MIDDLE - 35}" y="{_TOP - 16}" width="70" height="{height - _TOP}" rx="8"/>',
        f'<text class="axis-name" transform="{centre}" text-anchor="middle">{AXIS}</text>',
    ]
    top = _TOP
    for flow, count in zip(found, rows, strict=True):
        drawn += _drawn(flow, top, top + count * _ROW)
        top += count * _ROW
    told = html.escape(title)
    described = html.escape("; ".join(_told(flow) for flow in found))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flows" viewBox="0 0 {_WIDTH} {height}" role="img">\n'
        f"<title>{told}</title><desc>{described}</desc>\n<style>{_STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>\n'
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>\n'
        f'<text x="{_LEFT}" y="26">{told}</text>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def _drawn(flow: Flow, top: int, bottom: int) -> list[str]:
    middle = (top + bottom) // 2 - 10
    drawn = []
    for place, (name, count) in enumerate(flow.senders):
        y = _place(place, len(flow.senders), top, bottom)
        drawn += _box(_LEFT, y, name, count)
        drawn.append(f'<path d="M{_LEFT + _BOX} {y}L{_MIDDLE - 36} {middle}" marker-end="url(#tip)"/>')
    readers = flow.readers or ((NOBODY, 0),)
    for place, (name, count) in enumerate(readers):
        y = _place(place, len(readers), top, bottom)
        drawn += _box(_RIGHT, y, name, count)
        drawn.append(f'<path d="M{_MIDDLE + 36} {middle}L{_RIGHT - 2} {y}" marker-end="url(#tip)"/>')
    x = (_LEFT + _BOX + _MIDDLE - 36) // 2
    kind = html.escape(flow.kind)
    return [*drawn, f'<text class="kind" x="{x}" y="{middle - 16}" text-anchor="middle">{kind}</text>']


def _place(place: int, count: int, top: int, bottom: int) -> int:
    """Return the height of the middle of box `place` of `count` that share a space."""
    return top + (bottom - top) * (2 * place + 1) // (2 * count) - 10


def _box(x: int, y: int, name: str, count: int) -> list[str]:
    box = f'<rect x="{x}" y="{y - 20}" width="{_BOX}" height="40" rx="6"/>'
    if not count:
        return [box, f'<text class="note" x="{x + 10}" y="{y + 4}">{html.escape(name)}</text>']
    many = "" if count == 1 else f" × {count}"  # noqa: RUF001 - the sign of multiplication
    return [box, f'<text x="{x + 10}" y="{y + 5}">{html.escape(name)}{many}</text>']


def _told(flow: Flow) -> str:
    senders = ", ".join(name for name, _ in flow.senders)
    readers = ", ".join(name for name, _ in flow.readers) or NOBODY
    return f"{flow.kind} from {senders} to {readers}"
