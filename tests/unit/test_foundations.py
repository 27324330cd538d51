"""Canonical JSON, whole files, the store and the installation."""

import multiprocessing
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from backbeat.canonical import canonical_json
from backbeat.database import open_engine, writing
from backbeat.errors import Bug, ConfigError, InputRejected
from backbeat.files import ContentStore, hash_file, write_whole
from backbeat.installation import Installation


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": None}, b'{"a":null,"b":1}'),
        ("e\u0301", '"é"'.encode()),  # decomposed and composed are one value
        ([True, 0, "x/y"], b'[true,0,"x/y"]'),
    ],
)
def test_canonical_json_has_one_spelling(value, expected):
    assert canonical_json(value) == expected


@pytest.mark.parametrize("value", [1.5, b"x", {1: 2}, {"a": {2.0}}, {"é": 1, "e\u0301": 2}, {"a": "\ud800"}])
def test_canonical_json_refuses_what_has_no_single_spelling(value):
    with pytest.raises(Bug):
        canonical_json(value)


def test_canonical_json_refuses_what_is_nested_without_end():
    nested: list[object] = []
    for _ in range(5_000):
        nested = [nested]
    with pytest.raises(Bug, match="nested too deeply"):
        canonical_json(nested)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path):
    target = tmp_path / "f"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), write_whole(target) as stream:
        stream.write(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_store_keeps_content_once_and_under_its_hash(tmp_path: Path):
    source = tmp_path / "s"
    source.write_bytes(b"evidence")
    store = ContentStore(tmp_path / "store")
    first, second = store.put(source), store.put(source)
    assert first == second == hash_file(source)
    assert [p for p in (tmp_path / "store").rglob("*") if p.is_file()] == [store.path(first)]


def test_an_abandoned_upload_leaves_nothing(tmp_path: Path):
    store = ContentStore(tmp_path)
    with store.incoming() as incoming:
        incoming.write(b"half")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_the_store_refuses_names_that_are_not_hashes(tmp_path: Path):
    with pytest.raises(Bug):
        ContentStore(tmp_path).path("../../etc/passwd")


def test_keys_are_made_once_and_private(installation: Installation):
    assert installation.secret("actor") == installation.secret("actor")
    again = Installation.open(installation.data, installation.database_url)
    assert again.signing_key.private_bytes_raw() == installation.signing_key.private_bytes_raw()
    assert (installation.data / "keys" / "signing.pem").stat().st_mode & 0o077 == 0
    assert (installation.data / "keys").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_never_used(installation: Installation, content: bytes):
    """An empty key file (a full disk, a broken restore) would sign and hide with a key that everybody knows."""
    for name in ("actor.key", "signing.pem"):
        (installation.data / "keys").mkdir(exist_ok=True)
        (installation.data / "keys" / name).write_bytes(content)
    with pytest.raises(ConfigError, match=r"actor\.key is damaged"):
        installation.secret("actor")
    with pytest.raises(ConfigError, match=r"signing\.pem is damaged"):
        _ = installation.signing_key


def test_processes_that_start_at_once_agree_on_every_key(tmp_path: Path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(_keys_of, [tmp_path] * 16)
    assert len(set(found)) == 1
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["actor.key", "signing.pem"]


def _keys_of(data: Path) -> tuple[bytes, bytes]:
    installation = Installation.open(data, f"sqlite:///{data / 'x.sqlite3'}")
    return installation.secret("actor"), installation.signing_key.private_bytes_raw()


def test_a_data_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="could not be made"):
        Installation.open(tmp_path / "file" / "data")


def test_what_a_dead_upload_left_is_swept_and_a_living_one_is_not(tmp_path: Path):
    store = ContentStore(tmp_path)
    with store.incoming() as living:
        living.write(b"half")
        dead = tmp_path / ".partial-dead"
        dead.write_bytes(b"half")
        os.utime(dead, (0, 0))
        assert store.sweep(60) == 1
        assert living.keep() in store
    assert not dead.exists()


def test_threads_that_put_the_same_content_at_once_keep_it_once_and_whole(tmp_path: Path):
    source = tmp_path / "s"
    source.write_bytes(b"evidence" * 100_000)
    store = ContentStore(tmp_path / "store")
    with ThreadPoolExecutor(8) as threads:
        assert {*threads.map(store.put, [source] * 32)} == {hash_file(source)}
    assert [hash_file(p) for p in (tmp_path / "store").rglob("*") if p.is_file()] == [hash_file(source)]


def test_an_unknown_database_is_refused_in_words(tmp_path: Path):
    with pytest.raises(ConfigError, match="SQLite or PostgreSQL"):
        Installation.open(tmp_path, "mysql://x")


def test_a_write_that_fails_is_rolled_back(any_database: str):
    engine = open_engine(any_database)
    with writing(engine) as connection:
        connection.execute(sa.text("create table t (n integer)"))
    with pytest.raises(RuntimeError), writing(engine) as connection:
        connection.execute(sa.text("insert into t values (1)"))
        raise RuntimeError
    with engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from t")).scalar() == 0
    engine.dispose()


def test_errors_cross_processes():
    error = InputRejected("Damaged.", where="document 1", do="export it again")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (InputRejected, str(error))
