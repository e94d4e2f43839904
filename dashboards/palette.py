"""The colours of the plots, on light paper and on dark.

Chosen so that any two of them stay apart for every kind of colour vision (CIE76 distance of at least 18 as seen with
protanopia, deuteranopia and tritanopia, Machado, Oliveira and Fernandes 2009) and each stands out from its paper by 3 to 1
(WCAG 2.2, 1.4.11); a test computes both. Each verdict has a shape of its own besides. report.css names them again.
"""

from __future__ import annotations

PAPER = ("#fbf9f5", "#1b1a18")
BLUE, GREEN, ORANGE, PURPLE, GREY, BLACK = "#1570cb", "#24a367", "#d55e00", "#aa4094", "#88888b", "#3d3a36"
DARK = {BLUE: "#31a3f6", GREEN: "#44dcaf", ORANGE: "#f28e4b", PURPLE: "#d98ccb", GREY: "#898c8c", BLACK: "#fffdf8"}
GIVEN, RECEIVED = BLUE, ORANGE
VERDICTS = {
    "I give more": (BLUE, "triangle-up"),
    "even": (GREEN, "circle"),
    "they give more": (ORANGE, "triangle-down"),
    "unclear": (PURPLE, "diamond"),
    "too early": (GREY, "cross"),
}
SERIES = (BLUE, ORANGE, GREEN, PURPLE, BLACK, GREY)
