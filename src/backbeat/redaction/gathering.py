"""From the paths a user gave to the list of inputs: folders walked in a fixed order, nothing left out unsaid."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from backbeat.files import hash_file
from backbeat.redaction.decisions import Source
from backbeat.redaction.errors import InputMissing, OutputRefused

__all__ = ["gather"]


def gather(paths: Sequence[Path], *, out: Path | None = None, hashed: bool = False) -> tuple[Source, ...]:
    """Every file to have a fate, once each: as given, folders by name within folder.

    Hidden files, links and files of unsupported kinds are in the list too; they get refused later, in words. Links to
    folders are not entered.

    Args:
        paths: files and folders.
        out: the output folder, which must not lie inside an input folder.
        hashed: also hash each plain file, so that decisions can name it by hash.

    Raises:
        InputMissing: a given path is not there, or there is no file at all.
        OutputRefused: `out` is inside an input folder, or the other way round.
    """
    missing = [number for number, path in enumerate(paths, 1) if not os.path.lexists(path)]
    if missing:
        raise InputMissing(
            "There is nothing at a path that was given; nothing was done.",
            where=f"path {', '.join(map(str, missing))} of {len(paths)}",
            do="check the spelling; quote a path that has blanks in it",
        )
    if out is not None:
        _check_apart(paths, out)
    files = dict.fromkeys(found for path in paths for found in _files(path))
    once = {os.path.abspath(found): found for found in reversed(files)}
    chosen = [found for found in files if once[os.path.abspath(found)] == found]
    if not chosen:
        raise InputMissing(
            "There are no files in what was given.",
            where="the paths on the command line",
            do="name at least one file, or a folder that has files in it",
        )
    return tuple(Source(number, str(path), _hash(path) if hashed else "") for number, path in enumerate(chosen, 1))


def _files(path: Path) -> Iterator[Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError:
        yield path  # a folder that cannot be listed is refused like a file: `formats.read` says so
        return
    for entry in entries:
        yield from _files(path / entry.name)


def _check_apart(paths: Sequence[Path], out: Path) -> None:
    target = _resolved(out)
    for path in paths:
        given = _resolved(path)
        if given.is_dir() and (target == given or given in target.parents):
            raise OutputRefused(
                "The output folder lies inside an input folder, so the next run would take outputs for inputs.",
                where="-o",
                do="choose a folder beside the input folder",
            )
        if target in given.parents:
            raise OutputRefused(
                "An input lies inside the output folder, which is replaced as a whole.",
                where="-o",
                do="choose another folder for the output",
            )


def _resolved(path: Path) -> Path:
    """As `Path.resolve`, which gives up on links that lead in a circle; they get refused later, in words."""
    return Path(os.path.realpath(path))


def _hash(path: Path) -> str:
    """Hash of a plain file; empty for what is refused anyway. A pipe or device must not be opened: it may block."""
    try:
        return hash_file(path) if path.is_file() and not path.is_symlink() else ""
    except OSError:
        return ""
