#!/usr/bin/env python3
"""How the cost of questions grows with the number of events: a table and a picture.

Usage: bench/growth.py OUTPUT.svg FILE...      (files: what question_bench printed, one size each)

Both axes are logarithmic; a line that rises as steeply as the dotted one costs as much per event at any size.
"""
import math
import sys

COLOURS = {"index": "#1f77b4", "sql": "#d62728", "floor": "#7f7f7f", "sums": "#2ca02c"}
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 340, 240, 56, 30, 12, 36
COLUMNS = 2


def read(paths):
    """{question: {engine: {events: (wall ms, CPU ms)}}}"""
    questions = {}
    for path in paths:
        with open(path) as lines:
            for line in lines:
                if not line.startswith("row\t"):
                    continue
                _, events, question, engine, wall, _, cpu = line.rstrip("\n").split("\t")
                questions.setdefault(question, {}).setdefault(engine, {})[int(events)] = (float(wall), float(cpu))
    return questions


def table(questions):
    sizes = sorted({events for engines in questions.values() for points in engines.values() for events in points})
    print("| Question | engine | " + " | ".join(f"{events / 1e6:.1f} M" for events in sizes) + " |")
    print("|---|---|" + "---|" * len(sizes))
    for question, engines in questions.items():
        for engine, points in engines.items():
            cells = [f"{points[e][0]:.1f} ({points[e][1]:.1f})" if e in points else "" for e in sizes]
            print(f"| {question} | {engine} | " + " | ".join(cells) + " |")


def decades(values):
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def panel(question, engines, xs, ys):
    def place(events, ms):
        x = LEFT + (math.log10(events) - xs[0]) / (xs[1] - xs[0]) * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - (math.log10(ms) - ys[0]) / (ys[1] - ys[0]) * (HEIGHT - TOP - BOTTOM)
        return x, y

    parts = [f'<text x="{LEFT}" y="18" font-weight="bold">{question}</text>']
    for decade in range(ys[0], ys[1] + 1):
        _, y = place(10 ** xs[0], 10 ** decade)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#8884"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10 ** decade:g} ms</text>')
    for decade in range(xs[0], xs[1] + 1):
        x, y = place(10 ** decade, 10 ** ys[0])
        parts.append(f'<text x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">{10 ** decade / 1e6:g} M</text>')
    low, high = place(10 ** xs[0], 10 ** ys[0]), place(10 ** xs[1], 10 ** (ys[0] + xs[1] - xs[0]))
    parts.append(f'<line x1="{low[0]:.1f}" y1="{low[1]:.1f}" x2="{high[0]:.1f}" y2="{high[1]:.1f}" stroke="#888" '
                 'stroke-dasharray="2 4"/>')
    for number, (engine, points) in enumerate(engines.items()):
        where = [place(events, wall) for events, (wall, _) in sorted(points.items())]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in where)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[engine]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[engine]}"/>' for x, y in where]
        parts.append(f'<text x="{WIDTH - RIGHT}" y="{TOP + 14 * number}" text-anchor="end" '
                     f'fill="{COLOURS[engine]}">{engine}</text>')
    return "\n".join(parts)


def picture(questions):
    walls = [(events, wall) for engines in questions.values() for points in engines.values()
             for events, (wall, _) in points.items()]
    xs, ys = decades([events for events, _ in walls]), decades([wall for _, wall in walls])
    rows = math.ceil(len(questions) / COLUMNS)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{COLUMNS * WIDTH}" height="{rows * HEIGHT}" '
             'font-family="sans-serif" font-size="11" fill="#888" role="img">',
             "<title>Median time of questions by number of events</title>"]
    for number, (question, engines) in enumerate(questions.items()):
        x, y = number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT
        parts.append(f'<g transform="translate({x},{y})">\n{panel(question, engines, xs, ys)}\n</g>')
    return "\n".join(parts) + "\n</svg>\n"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    questions = read(sys.argv[2:])
    if not questions:
        sys.exit("no lines of question_bench in these files")
    table(questions)
    with open(sys.argv[1], "w") as file:
        file.write(picture(questions))


if __name__ == "__main__":
    main()
