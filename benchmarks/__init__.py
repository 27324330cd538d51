"""Measured claims. One file per claim; each prints a figure beside a limit or a peer measured in the same run."""
