"""Taking an uploaded change of policy into memory: never on disk, and no more than a workbook may hold."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from backbeat.errors import UserError
from backbeat.triage.policy.workbook_reading import MOST_BYTES

__all__ = ["InMemory", "files_of"]

MOST_FILES = 50


class InMemory(FileUploadHandler):
    """Keeps the files of one upload in memory and stops reading past the limit of them all together."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._total = 0
        self.too_much = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._content = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Append; past the limit the rest is read and dropped, and there is no file."""
        self._content += raw_data
        self._total += len(raw_data)
        if self._total > MOST_BYTES:
            self.too_much = True
            raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        """The file."""
        return SimpleUploadedFile(self.file_name or "unnamed", bytes(self._content))


def files_of(request: HttpRequest) -> dict[str, bytes]:
    """The uploaded files by name.

    Raises:
        UserError: they are too many or too much.
    """
    given = request.FILES.getlist("files")
    if len(given) > MOST_FILES or any(getattr(one, "too_much", False) for one in request.upload_handlers):
        raise UserError(
            f"That is more than {MOST_FILES} files or {MOST_BYTES >> 20} MiB.",
            where="the upload",
            do="give the workbook or the CSV files alone",
        )
    return {str(one.name): one.read() for one in given}
