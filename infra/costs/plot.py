"""A small line chart as SVG: one panel, a logarithmic or linear scale, the words beside the lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 340, 70, 170, 46, 44
COLOURS = ("#0b5cad", "#b26a00", "#1b6b3c", "#a1241f", "#5b4b9a")

_FONT = 'font-family="sans-serif" font-size="12"'
Points = Sequence[tuple[float, float]]


def chart(title: str, across: str, up: str, lines: Mapping[str, Points], *, logarithmic: bool = True) -> str:
    """Both scales are logarithmic, and every value above 0; or both are linear and begin at 0."""
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    place = _place if logarithmic else _linear
    if logarithmic:
        x_ends = (min(xs), max(xs))
        y_ends = (10 ** math.floor(math.log10(min(ys))), 10 ** math.ceil(math.log10(max(ys))))
        y_marks = [10**n for n in range(round(math.log10(y_ends[0])), round(math.log10(y_ends[1])) + 1)]
        x_marks = sorted(set(xs))
    else:
        step = 10 ** math.floor(math.log10(max(ys)))
        y_ends, x_ends = (0.0, math.ceil(max(ys) / step) * step), (0.0, max(xs))
        y_marks = [step * n for n in range(math.ceil(max(ys) / step) + 1)]
        x_marks = [20.0 * n for n in range(int(max(xs) // 20) + 1)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {_FONT}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="600">{escape(title)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(up)}</text>',
    ]
    for mark in y_marks:
        y = place(mark, y_ends, HEIGHT - BOTTOM, TOP)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d5dae1"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{mark:,g}</text>')
    for x_value in x_marks:
        x = place(x_value, x_ends, LEFT, WIDTH - RIGHT)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x_value:,.0f}</text>')
    for colour, (name, points) in zip(COLOURS, lines.items(), strict=False):
        places = [(place(x, x_ends, LEFT, WIDTH - RIGHT), place(y, y_ends, HEIGHT - BOTTOM, TOP)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if logarithmic:
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1] if logarithmic else min(places, key=lambda place_: place_[1])
        parts.append(f'<text x="{x + 10:.1f}" y="{y + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _place(value: float, ends: tuple[float, float], start: float, stop: float) -> float:
    low, high = (math.log10(end) for end in ends)
    share = (math.log10(value) - low) / (high - low) if high > low else 0.5
    return start + share * (stop - start)


def _linear(value: float, ends: tuple[float, float], start: float, stop: float) -> float:
    return start + (value - ends[0]) / (ends[1] - ends[0]) * (stop - start)
