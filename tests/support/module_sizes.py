"""How long the product's modules are."""

import statistics
from pathlib import Path

__all__ = ["measure", "sentence"]

SOURCE = Path(__file__).resolve().parents[2] / "src" / "backbeat"


def measure() -> dict[str, int]:
    """Lines of each module, by its path below src/backbeat; generated migrations are left out."""
    modules = (path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
    return {str(path.relative_to(SOURCE)): len(path.read_text().splitlines()) for path in modules}


def sentence() -> str:
    sizes = measure()
    return f"{len(sizes)} modules, median {statistics.median(sizes.values()):g} lines, largest {max(sizes.values())}"
