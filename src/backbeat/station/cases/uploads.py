"""Uploads stream from the socket into the content store: memory stays flat, and nothing touches the system's /tmp."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, UploadFileException
from django.http import HttpRequest

from backbeat.files import CHUNK, ContentStore, Incoming

__all__ = ["Arrival", "ArrivedFile", "IntoStore", "RefuseFiles"]


class RefuseFiles(FileUploadHandler):
    """Every form but the evidence form: a file in it is not read."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Stop; the rest of the request is read and dropped."""
        raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> None:
        """No file."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file, whole, in the store's waiting room."""

    incoming: Incoming
    temporary: Path
    too_large: bool


class ArrivedFile(UploadedFile):
    """What the form sees of an arrival."""

    def __init__(self, arrival: Arrival, name: str | None, size: int) -> None:
        super().__init__(file=None, name=name, size=size)
        self.arrival = arrival

    def close(self) -> None:
        """Nothing is held open here; `IntoStore.close` clears up."""


class IntoStore(FileUploadHandler):
    """Writes each file of a request into the content store's waiting room.

    Whoever installs it closes it: what the use case did not keep is deleted then.
    """

    chunk_size = CHUNK

    def __init__(self, request: HttpRequest, store: ContentStore, *, most_bytes: int) -> None:
        super().__init__(request)
        self._store = store
        self._most = most_bytes
        self._open = ExitStack()
        self._incoming: Incoming | None = None
        self._too_large = False

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Make room for the next file."""
        super().new_file(*args, **kwargs)
        self._incoming = self._open.enter_context(self._store.incoming())
        self._too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Append a chunk; past the limit, count the file as too large and drop what comes."""
        if self._incoming is None:
            raise UploadFileException("no file has begun")
        if self._too_large or start + len(raw_data) > self._most:
            self._too_large = True
        else:
            self._incoming.write(raw_data)

    def file_complete(self, file_size: int) -> ArrivedFile | None:
        """The file as the form will see it."""
        if self._incoming is None:
            return None
        arrival = Arrival(self._incoming, self._incoming.flush(), self._too_large)
        self._incoming = None
        return ArrivedFile(arrival, self.file_name, arrival.incoming.size)

    def close(self) -> None:
        """Delete what was not kept."""
        self._open.close()
