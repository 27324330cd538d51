"""backbeat gives police officers their hours back, and proves it."""

__all__ = ["__version__"]

__version__ = "0.1.0"
