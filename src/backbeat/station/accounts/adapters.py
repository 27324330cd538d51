"""How allauth works here: nobody signs up, nothing is mailed, second-factor secrets are encrypted at rest."""

import base64
from collections.abc import Mapping

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest

__all__ = ["AccountAdapter", "MfaAdapter", "tried_username"]


def tried_username(request: HttpRequest | None, credentials: Mapping[str, str] | None) -> str:
    """The user name somebody tries to sign in with; a lockout counts failures by it, in whatever case it is typed."""
    given = (credentials or {}).get("username") or (request.POST.get("login", "") if request else "")
    return given.strip().lower()


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: object) -> bool:
        """Never."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """The station sends no mail."""

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """The station sends no mail."""


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are readable only with the installation's key."""

    def _cipher(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(settings.INSTALLATION.secret("mfa")))

    def encrypt(self, text: str) -> str:
        """For the database."""
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return self._cipher().decrypt(encrypted_text.encode()).decode()

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """The station sends no mail."""
