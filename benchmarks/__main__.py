"""`python -m benchmarks [NAME ...]`: run the named benchmarks (default all), print every figure, exit 1 on a miss.

A benchmark is a module here with `run() -> list[Figure]`. Each runs in a process of its own, so that peak memory is
its own too.
"""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules([str(HERE)]))
    return sorted(name for name in found if name not in {"figure", "__main__"} and not name.startswith("_"))


def run_one(name: str) -> int:
    figures = importlib.import_module(f"benchmarks.{name}").run()
    for figure in figures:
        print(f"{name:<20} {figure.line()}", flush=True)
    return 0 if all(figure.met for figure in figures) else 1


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--one"]:
        return run_one(arguments[1])
    chosen = arguments or names()
    unknown = set(chosen) - set(names())
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(names())}.", file=sys.stderr)
        return 2
    results = [subprocess.run([sys.executable, "-m", "benchmarks", "--one", name], check=False) for name in chosen]
    return max((result.returncode for result in results), default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
