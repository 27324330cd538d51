"""What uploads add to the tree of `backbeat.errors`."""

from backbeat.errors import InputRejected

__all__ = ["EvidenceDuplicate", "InspectionRefused", "InspectionStopped", "UploadTooLarge"]


class UploadTooLarge(InputRejected):
    """More bytes than this installation takes in one file."""

    code = "upload.too-large"


class EvidenceDuplicate(InputRejected):
    """The same content is already evidence in this case."""

    code = "upload.duplicate"


class InspectionStopped(InputRejected):
    """Looking at the file took more memory or time than a file may take."""

    code = "upload.inspection-stopped"


class InspectionRefused(InputRejected):
    """A refusal by a format's own checks, as the inspecting process reported it."""

    code = "input.rejected"

    def __init__(self, what: str, *, where: str, do: str, code: str) -> None:
        self.code = code  # type: ignore[misc]
        super().__init__(what, where=where, do=do)
