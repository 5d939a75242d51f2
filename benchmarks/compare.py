"""Compare this checkout with other harnesses.

``python benchmarks/compare.py [NAME…] --peers lmeval,inspect --venvs DIR``: DIR holds an environment for each peer, of
its name. Prints a section for each workload, writes them into docs/benchmarks.md, and leaves with 1 when a bar is
missed. Without names and with lm-eval, ``likelihood.py`` (local models) follows. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from columns import Column, Floor, Harness
from contests import CONTESTS
from measure import ROOT
from peers import Inspect, LmEval
from race import Race
from report import conditions, write

PEERS: dict[str, Callable[[Path], Column]] = {"lmeval": LmEval, "inspect": Inspect}


def main() -> int:
    width = max(map(len, CONTESTS))
    listing = "\n".join(f"  {name:<{width}}  {' '.join((run.__doc__ or '').split())}" for name, run in CONTESTS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"workloads:\n{listing}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a workload; all by default")
    parser.add_argument("--peers", default="", help=f"of {','.join(PEERS)}; none by default")
    parser.add_argument("--venvs", type=Path, default=Path(), help="the folder of their environments")
    parser.add_argument("-n", "--repeat", type=int, default=3, help="runs of Harness and of the floor")
    parser.add_argument("--peer-repeat", type=int, default=1, help="runs of the others")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", help="the page")
    args = parser.parse_args()
    for name in args.names:
        if name not in CONTESTS:
            parser.error(f"no workload '{name}'; there are: {', '.join(CONTESTS)}")
    columns: list[Column] = [Floor(), Harness()]
    for name in filter(None, args.peers.split(",")):
        if name not in PEERS:
            parser.error(f"no peer '{name}'; there are: {', '.join(PEERS)}")
        python = args.venvs.absolute() / name / "bin" / "python"
        if not python.exists():
            parser.error(f"no environment at {python.parent.parent}; docs/benchmarks.md says how to make it")
        columns.append(PEERS[name](python))
    versions = [column.version() for column in columns]
    met = True
    for name in args.names or CONTESTS:
        with tempfile.TemporaryDirectory(prefix="harness-compare-") as folder:
            section = CONTESTS[name](Race(Path(folder), columns, args.repeat, args.peer_repeat))
        text = section.markdown(conditions(versions))
        print(text, flush=True)
        write(args.output, [text])
        met = met and all(bar.met for bar in section.bars)
    if not args.names and "lmeval" in args.peers.split(","):
        local = [sys.executable, ROOT / "benchmarks" / "likelihood.py", "--venvs", args.venvs]
        met = subprocess.run(local, check=False).returncode == 0 and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
