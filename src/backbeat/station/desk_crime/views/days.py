"""What every form with a first and a last day asks of them."""

from typing import Any

from django import forms

__all__ = ["DaysForm"]


class DaysForm(forms.Form):
    """A form that declares `first_day` and `last_day`."""

    def clean(self) -> dict[str, Any]:
        """The days the right way round."""
        data = super().clean() or {}
        if data.get("first_day") and data.get("last_day") and data["first_day"] > data["last_day"]:
            self.add_error("last_day", "The last day is before the first")
        return data
