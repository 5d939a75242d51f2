"""Measure the speed and size of this checkout: ``python benchmarks/speed.py [NAME…]``.

Prints a Markdown table of medians and leaves with 1 when a bar is not met. Everything is made here: data, cards, and
a server on the loopback interface. README.md says what the workloads and the bars are.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measure import HEADER, Row, line
from workloads import WORKLOADS


def main() -> int:
    width = max(map(len, WORKLOADS))
    listing = "\n".join(
        f"  {name:<{width}}  {' '.join((work.__doc__ or '').split())}" for name, work in WORKLOADS.items()
    )
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"workloads:\n{listing}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a workload; all by default")
    parser.add_argument("-n", "--repeat", type=int, default=3, help="repetitions of each; the median counts")
    args = parser.parse_args()
    for name in args.names:
        if name not in WORKLOADS:
            parser.error(f"no workload '{name}'; there are: {', '.join(WORKLOADS)}")
    if args.repeat < 1:
        parser.error("--repeat is at least 1")
    rows: list[Row] = []
    print(line(HEADER))
    print(line(["---"] * len(HEADER)))
    for name in args.names or WORKLOADS:
        with tempfile.TemporaryDirectory(prefix="harness-speed-") as folder:
            for row in WORKLOADS[name](Path(folder), args.repeat):
                print(line(row.cells()), flush=True)
                rows.append(row)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
