"""The look of charts: one sheet of styles that a page takes over, for screen, dark mode and print.

Colours are Okabe and Ito's, darkened to the contrast of WCAG 2.2; lines differ by their dashes, too.
"""

from typing import Final

LABEL_PIXELS: Final = 12
"""The size of all text; the drawing leaves room for it."""

STYLE: Final = """
.chart { margin: 1rem 0; max-width: 60rem; overflow-x: auto;
  --chart-ink: #222; --chart-quiet: #595959; --chart-line: #d0d0d0; --chart-paper: #fff;
  --chart-0: #0072b2; --chart-1: #b85c00; --chart-2: #00785a; --chart-3: #a8487e; --chart-4: #6b6b00;
  --chart-5: #5b5b5b; --chart-6: #1f8fc4 }
.chart figcaption { font-weight: 600 }
.chart svg { display: block; width: 100%; min-width: 32rem; height: auto }
.chart text { fill: var(--chart-ink); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums }
.chart .background { fill: none }
.chart .axis text { fill: var(--chart-quiet) }
.chart .axis.y text { text-anchor: end }
.chart .axis.x text { text-anchor: middle }
.chart .axis .line { stroke: var(--chart-line); fill: none }
.chart .axis.major.line { stroke: var(--chart-quiet) }
.chart .text-overlay text { text-anchor: start; transform: translateX(4px) }
.chart .series .line { fill: none; stroke-width: 2.5; stroke-linejoin: round }
.chart .serie-1 .line { stroke-dasharray: 8 4 }
.chart .serie-2 .line { stroke-dasharray: 2 4 }
.chart .serie-3 .line { stroke-dasharray: 10 4 2 4 }
.chart .serie-4 .line { stroke-dasharray: 14 4 }
.chart .serie-5 .line { stroke-dasharray: 6 2 }
.chart .serie-6 .line { stroke-dasharray: 1 3 }
.chart .bar rect { stroke: var(--chart-paper) }
.chart .color-0 .bar rect, .chart .color-0 .dot, .chart rect.color-0 { fill: var(--chart-0) }
.chart .color-1 .bar rect, .chart .color-1 .dot, .chart rect.color-1 { fill: var(--chart-1) }
.chart .color-2 .bar rect, .chart .color-2 .dot, .chart rect.color-2 { fill: var(--chart-2) }
.chart .color-3 .bar rect, .chart .color-3 .dot, .chart rect.color-3 { fill: var(--chart-3) }
.chart .color-4 .bar rect, .chart .color-4 .dot, .chart rect.color-4 { fill: var(--chart-4) }
.chart .color-5 .bar rect, .chart .color-5 .dot, .chart rect.color-5 { fill: var(--chart-5) }
.chart .color-6 .bar rect, .chart .color-6 .dot, .chart rect.color-6 { fill: var(--chart-6) }
.chart .color-0 .line { stroke: var(--chart-0) }
.chart .color-1 .line { stroke: var(--chart-1) }
.chart .color-2 .line { stroke: var(--chart-2) }
.chart .color-3 .line { stroke: var(--chart-3) }
.chart .color-4 .line { stroke: var(--chart-4) }
.chart .color-5 .line { stroke: var(--chart-5) }
.chart .color-6 .line { stroke: var(--chart-6) }
@media screen and (prefers-color-scheme: dark) {
  .chart { --chart-ink: #eee; --chart-quiet: #b5b5b5; --chart-line: #4a4a4a; --chart-paper: #121212;
    --chart-0: #56b4e9; --chart-1: #e69f00; --chart-2: #2fc49b; --chart-3: #e08fbf; --chart-4: #e0d83c;
    --chart-5: #b5b5b5; --chart-6: #8cc8ff } }
@media print { .chart { break-inside: avoid; print-color-adjust: exact; -webkit-print-color-adjust: exact } }
"""
