"""The forms for managing users."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password

from backbeat.station.accounts.models import Unit, User
from backbeat.station.accounts.roles import ROLES

__all__ = ["AddUserForm", "ChangeUserForm", "SignInForm"]

ROLE_CHOICES = [(role.id, role.title) for role in ROLES.values()]


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "User name"
        self.fields["login"].error_messages["required"] = "Enter your user name"
        self.fields["password"].error_messages["required"] = "Enter your password"


class ChangeUserForm(forms.ModelForm):
    roles = forms.MultipleChoiceField(choices=ROLE_CHOICES, required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = User
        fields = ("display_name", "unit", "is_active")
        error_messages = {"display_name": {"required": "Enter the name colleagues will see"}}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance._state.adding:
            self.fields["roles"].initial = sorted(self.instance.roles)

    def values(self) -> dict[str, Any]:
        """As `services.change_user` takes them."""
        return dict(self.cleaned_data)


class AddUserForm(forms.Form):
    username = forms.CharField(
        label="User name",
        max_length=64,
        validators=User._meta.get_field("username").validators,
        error_messages={"required": "Enter a user name"},
    )
    display_name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="Shown to colleagues, for example PC 4512 Achebe",
        error_messages={"required": "Enter the name colleagues will see"},
    )
    password = forms.CharField(
        label="First password",
        help_text="At least 12 characters; hand it over in person and ask them to change it",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a first password"},
    )
    unit = forms.ModelChoiceField(queryset=Unit.objects.all(), required=False)
    roles = forms.MultipleChoiceField(choices=ROLE_CHOICES, required=False, widget=forms.CheckboxSelectMultiple)

    def clean_username(self) -> str:
        """Lower case, and free."""
        username = str(self.cleaned_data["username"]).lower()
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError("Another user has this user name")
        return username

    def clean_password(self) -> str:
        """As the password rules want it."""
        password = str(self.cleaned_data["password"])
        username = self.cleaned_data.get("username", "")
        validate_password(password, User(username=username, display_name=self.data.get("display_name", "")))
        return password
