#!/usr/bin/env python3
"""Draws docs/images/demo.svg from a real run of the demo on a terminal.

    python3 demo-apps/cli/picture.py [DIRECTORY WITH THE BINARIES]

It shows some parts of the run, each whole and as it was printed. The text stays text, so that it is crisp, and can be searched
and copied.
"""

import html
import os
import pty
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PICTURE = HERE.parent.parent / "docs" / "images" / "demo.svg"

# Parts of the demo by the beginnings of their headings.
PARTS = (
    "A key server",
    "Ada opens",
    "She has a secret",
    "What she has",
    "The server has",
    "She gets her codes",
    "Somebody guesses",
    "Her phone is lost",
    "A bad line",
)

COLOURS = {"31": "#ff8a80", "32": "#8bd49c", "33": "#f2c97d", "36": "#7fc8e8"}
FOREGROUND, DIMMED, BACKGROUND, BAR = "#d8dee9", "#7d8799", "#151a23", "#1f2632"
SIZE, LINE, CELL, MARGIN, TOP = 13, 19, 7.83, 22, 52


def record(command):
    """Runs a command on a terminal of its own and answers what it printed."""
    output = bytearray()

    def read(terminal):
        chunk = os.read(terminal, 4096)
        output.extend(chunk)
        return chunk

    os.environ.update(TERM="xterm-256color", LOCK_KEEPER_DEMO_PAUSE="0")
    os.environ.pop("NO_COLOR", None)
    if pty.spawn(command, read) != 0:
        sys.exit("the demo has failed")
    return output.decode()


def screen(output):
    """The lines that stay on the screen, each as (text, style) runs. A line that is written over is seen as it was last."""
    lines, line, style = [], [], ""
    for token in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\r\n|\r|\n|[^\x1b\r\n]+", output):
        if token in ("\n", "\r\n"):
            lines.append(line)
            line = []
        elif token == "\x1b[2K":
            line = []
        elif token.startswith("\x1b[") and token.endswith("m"):
            style = token[2:-1]
        elif token != "\r":
            line.append((token, style))
    return lines + [line]


def chosen(lines):
    """The title, and the parts that are shown."""
    kept, keep = [], True
    for line in lines:
        text = "".join(run for run, _ in line)
        if text.startswith("# "):
            keep = text[2:].startswith(PARTS)
        elif text.startswith("That was it."):
            keep = False
        if keep:
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def paint(text, style):
    """A run of text in its colour."""
    codes = style.split(";")
    colour = next((COLOURS[code] for code in codes if code in COLOURS), DIMMED if "2" in codes else FOREGROUND)
    weight = ' font-weight="bold"' if "1" in codes else ""
    return f'<tspan fill="{colour}"{weight}>{html.escape(text, quote=False)}</tspan>'


def draw(lines):
    """The whole picture."""
    columns = max(sum(len(text) for text, _ in line) for line in lines)
    width, height = round(columns * CELL + 2 * MARGIN), TOP + len(lines) * LINE + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-label="Parts of a run of make demo on a terminal">',
        f'<rect width="{width}" height="{height}" rx="9" fill="{BACKGROUND}"/>',
        f'<path d="M0 32V9a9 9 0 0 1 9-9h{width - 18}a9 9 0 0 1 9 9v23z" fill="{BAR}"/>',
        *(f'<circle cx="{MARGIN + 18 * n}" cy="16" r="5" fill="{DIMMED}"/>' for n in range(3)),
        f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="{SIZE}"'
        ' xml:space="preserve" style="white-space: pre">',
    ]
    for number, line in enumerate(lines):
        runs = "".join(paint(text, style) for text, style in line)
        if runs:
            parts.append(f'<text x="{MARGIN}" y="{TOP + number * LINE + 8}">{runs}</text>')
    return "\n".join([*parts, "</g>", "</svg>", ""])


def main():
    binaries = sys.argv[1] if len(sys.argv) > 1 else str(HERE.parent.parent / "target" / "debug")
    lines = chosen(screen(record(["bash", str(HERE / "demo.sh"), binaries])))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(draw(lines))


if __name__ == "__main__":
    main()
