"""The filter of the access log."""

from typing import Any

from django import forms

from backbeat.ledger import Operation
from backbeat.station.accounts.models import User
from backbeat.station.audit.services import Question

__all__ = ["QuestionForm"]


class QuestionForm(forms.Form):
    user = forms.ModelChoiceField(label="Who", queryset=User.objects.none(), required=False, empty_label="Anybody")
    operation = forms.ChoiceField(
        label="Operation",
        required=False,
        choices=[("", "Any"), *((o.value, o.value.replace("-", " ").capitalize()) for o in Operation)],
    )
    object_ref = forms.RegexField(
        label="Object",
        required=False,
        regex=r"^[A-Za-z0-9][A-Za-z0-9/:._-]*$",
        max_length=120,
        help_text="For example case/ and the case’s id",
        error_messages={"invalid": "An object is named like case/0f8c…"},
    )
    first_day = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.order_by("display_name")

    def question(self) -> Question:
        """What was asked."""
        data = self.cleaned_data
        return Question(
            user=data["user"],
            operation=Operation(data["operation"]) if data["operation"] else None,
            object_ref=data["object_ref"] or None,
            first_day=data["first_day"],
            last_day=data["last_day"],
        )
