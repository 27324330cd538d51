"""The forms of case pages: they check what was typed; services decide what may be done."""

from typing import Any

from django import forms

from backbeat.station.accounts.models import User
from backbeat.station.cases.models import ROLE_CHOICES, Case, Person

__all__ = ["CaseForm", "MemberForm", "PersonForm", "RemovalForm", "SearchForm"]

DETAILS = (
    # kind in `people.json`, label
    ("address", "Addresses"),
    ("phone", "Phone numbers"),
    ("email", "E-mail addresses"),
    ("date-of-birth", "Date of birth"),
    ("vrm", "Vehicle registrations"),
)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class SearchForm(forms.Form):
    words = forms.CharField(
        label="Search cases",
        min_length=2,
        max_length=100,
        help_text="Reference, title, a person’s name or a file name",
        error_messages={"required": "Enter what to look for", "min_length": "Enter at least 2 characters"},
    )


class CaseForm(forms.ModelForm):
    class Meta:
        model = Case
        fields = ("reference", "title")
        help_texts = {  # noqa: RUF012 - Django's own way
            "reference": "For example 42/CR/1234/26",
            "title": "A short title without names of people",
        }
        error_messages = {  # noqa: RUF012
            "reference": {"required": "Enter the case reference", "unique": "There is a case with this reference"},
            "title": {"required": "Enter a title"},
        }


class PersonForm(forms.Form):
    name = forms.CharField(
        label="Full name", max_length=200, error_messages={"required": "Enter the person’s full name"}
    )
    role = forms.ChoiceField(label="Role in this case", choices=ROLE_CHOICES)
    aliases = forms.CharField(
        label="Other names",
        required=False,
        max_length=2000,
        help_text="Nicknames, maiden names, other spellings; one on each line",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        if person is not None:
            kwargs["initial"] = {
                "name": person.name,
                "role": person.role,
                "aliases": "\n".join([*person.names[1:], *person.aliases]),
                **{f"detail_{kind}": "\n".join(person.attributes.get(kind, ())) for kind, _label in DETAILS},
            }
        super().__init__(*args, **kwargs)
        for kind, label in DETAILS:
            self.fields[f"detail_{kind}"] = forms.CharField(
                label=label,
                required=False,
                max_length=2000,
                help_text="One on each line",
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def values(self) -> dict[str, Any]:
        """As `services.add_person` takes them."""
        data = self.cleaned_data
        return {
            "names": [data["name"]],
            "role": data["role"],
            "aliases": _lines(data["aliases"]),
            "attributes": {kind: _lines(data[f"detail_{kind}"]) for kind, _label in DETAILS},
        }


class RemovalForm(forms.Form):
    reason = forms.CharField(
        label="Why is it removed?",
        max_length=300,
        help_text="Kept with the item and in the access log",
        error_messages={"required": "Say why it is removed"},
    )


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(
        label="Colleague", queryset=User.objects.none(), error_messages={"required": "Choose a colleague"}
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = User.objects.filter(is_active=True).exclude(memberships__case=case)
