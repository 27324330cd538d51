"""The one lock every use of pdfium holds: the library is not safe for threads, and the station has several."""

import threading

__all__ = ["PDFIUM_LOCK"]

PDFIUM_LOCK = threading.RLock()
"""Held while any pdfium object of this process is made, used or closed."""
