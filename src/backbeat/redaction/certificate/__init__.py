"""What was done to which files, by whom, under which edition: signed, provable offline, without any removed value."""

from backbeat.redaction.certificate.checking import CertificateFault, CertificateReport, check, load
from backbeat.redaction.certificate.issuing import CERTIFICATE_NAME, issue
from backbeat.redaction.certificate.statement import CertifiedDocument, ProfileRef, Statement, Timings

__all__ = [
    "CERTIFICATE_NAME",
    "CertificateFault",
    "CertificateReport",
    "CertifiedDocument",
    "ProfileRef",
    "Statement",
    "Timings",
    "check",
    "issue",
    "load",
]
