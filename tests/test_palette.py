"""Colours that everybody can tell apart and read: simulated colour vision, contrast, one list of them."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from dashboards.door import DARK as DARK_THEME
from dashboards.door import LIGHT as LIGHT_THEME
from dashboards.palette import DARK, PAPER, SERIES, VERDICTS

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
VISION = {
    "every cone": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
SETS = {"verdicts": [colour for colour, _ in VERDICTS.values()], "series": list(SERIES)}
CSS = (Path(__file__).parents[1] / "dashboards" / "report.css").read_text("utf-8")


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    x = XYZ @ np.clip(light, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(XYZ[1] @ linear(c)) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def mixed(ink: str, paper: str, share: float) -> str:
    part = [share * int(ink[i : i + 2], 16) + (1 - share) * int(paper[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(p):02x}" for p in part)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", SETS)
def test_any_two_colours_of_a_plot_stay_apart(name: str, dark: bool, vision: str) -> None:
    colours = [DARK[c] if dark else c for c in SETS[name]]
    seen = {c: lab(np.array(VISION[vision]) @ linear(c)) for c in colours}
    apart = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(colours, 2)}
    nearest = min(apart, key=apart.__getitem__)
    assert apart[nearest] >= 18, f"{nearest}: {apart[nearest]:.1f}"


@pytest.mark.parametrize("colour", sorted({*SERIES, *SETS["verdicts"]}))
def test_every_colour_stands_out_from_its_paper(colour: str) -> None:
    assert contrast(colour, PAPER[0]) >= 3
    assert contrast(DARK[colour], PAPER[1]) >= 3


@pytest.mark.parametrize("theme", [LIGHT_THEME, DARK_THEME])
def test_what_is_faint_can_be_read(theme: dict[str, str]) -> None:
    """Streamlit writes captions and pinned columns at 60 % of the ink."""
    for paper in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        assert contrast(mixed(theme["textColor"], paper, 0.6), paper) >= 4.5
    assert contrast(theme["linkColor"], theme["backgroundColor"]) >= 4.5
    assert theme["backgroundColor"] in PAPER


def test_the_page_has_the_same_colours() -> None:
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.S)[:2])
    assert (light["paper"], dark["paper"]) == PAPER
    for name, (colour, _) in VERDICTS.items():
        slug = name.lower().replace(" ", "-")
        assert (light[slug], dark[slug]) == (colour, DARK[colour])
        assert f'svg [fill="{colour}"] {{ fill: var(--{slug}); }}' in CSS
    for faint in ("ink", "faint", "old"):
        assert min(contrast(light[faint], light["paper"]), contrast(dark[faint], dark["paper"])) >= 4.5
