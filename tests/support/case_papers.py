"""Made-up case papers with their answers, for measuring. Seeded; names and templates are not those of the snippets.

Names come from Faker's British list; numbers are made valid by arithmetic of our own, in ranges that are not issued
(NHS 999, telephone numbers kept for drama, example domains).
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import sqrt

from faker import Faker

from backbeat.redaction.detect.checks import check_letter

__all__ = ["TEMPLATES", "Papers", "wilson"]

_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """95 % Wilson interval of a share."""
    if not trials:
        return 0.0, 1.0
    z, share = 1.959964, hits / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return max(0.0, centre - half), min(1.0, centre + half)


class Papers:
    """A source of marked sentences (see `marked_text`)."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.faker = Faker("en_GB")
        self.faker.seed_instance(seed)
        self._makers: dict[str, Callable[[], str]] = {
            "phone": self.phone, "email": self.email, "nhs-number": self.nhs, "nino": self.nino,
            "postcode": self.postcode, "vrm": self.vrm, "driving-licence": self.licence, "pncid": self.pncid,
            "cro": self.cro, "bank-account": lambda: self.digits(8), "sort-code": self.sort_code, "card": self.card,
            "iban": self.iban, "ip-address": self.faker.ipv4_public, "date-of-birth": self.born,
            "passport": lambda: self.digits(9), "collar-number": lambda: self.digits(self.random.choice((3, 4, 5))),
            "crime-reference": self.crime, "address": self.address, "url": self.url, "person": self.name,
        }  # fmt: skip

    def sentences(self, kind: str, count: int) -> Iterator[str]:
        """Marked sentences about one kind, from the templates of that kind."""
        for _ in range(count):
            template = self.random.choice(TEMPLATES[kind])
            yield template.replace("{}", f"[[{kind}|{self._makers[kind]()}]]")

    def digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def phone(self) -> str:
        r, mobile = self.random, "900" + self.digits(3)
        return r.choice((
            f"07700 {mobile}", f"07700{mobile}", f"07700-{mobile}", f"0770 0{mobile[:3]} {mobile[3:]}",
            f"+44 7700 {mobile}", f"+44(0)7700{mobile}", f"(0044) 7700 {mobile}", f"0113 496 0{self.digits(3)}",
            f"020 7946 0{self.digits(3)}", f"(0117) 496 0{self.digits(3)}", f"01632 960{self.digits(3)}",
        ))  # fmt: skip

    def email(self) -> str:
        name = self.name().lower().replace("'", "").split()
        return self.random.choice((".", "_", "", "-")).join(name) + self.random.choice(("", "7", "1984")) + (
            self.random.choice(("@example.org", "@example.net", "@mail.example.co.uk"))
        )  # fmt: skip

    def nhs(self) -> str:
        while True:
            body = "999" + self.digits(6)
            check = 11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11
            if check != 10:
                number = body + str(check % 11)
                return self.random.choice((number, f"{number[:3]} {number[3:6]} {number[6:]}",
                                           f"{number[:3]}-{number[3:6]}-{number[6:]}"))  # fmt: skip

    def nino(self) -> str:
        prefix = self.random.choice(("AB", "CE", "HJ", "JR", "LM", "NP", "SX", "YZ"))
        n = self.digits(6)
        value = f"{prefix}{n}{self.random.choice('ABCD')}"
        return self.random.choice((value, f"{prefix} {n[:2]} {n[2:4]} {n[4:]} {value[-1]}", value.lower()))

    def postcode(self) -> str:
        area = self.random.choice(("LS", "M", "B", "SW", "EH", "CF", "BT", "YO", "NE", "E"))
        outward = area + self.random.choice(("1", "7", "12", "23"))
        inward = self.random.choice("123456789") + "".join(self.random.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in "ab")
        return self.random.choice(
            (f"{outward} {inward}", f"{outward} {inward}", outward + inward, f"{outward} {inward}".lower())
        )

    def vrm(self) -> str:
        three = "".join(self.random.choice("ABCDEFGHJKLMNOPRSTUVWXYZ") for _ in "abc")
        two = self.random.choice("ABCDEFGHJKLMNOPRSVWXY") + self.random.choice(_LETTERS)
        year = self.random.choice(("02", "12", "19", "23", "52", "67", "72"))
        spaced = f"{two}{year} {three}"
        return self.random.choice((spaced, f"{two}{year}{three}", spaced.lower()))

    def licence(self) -> str:
        r = self.random
        surname = "".join(r.choice(_LETTERS) for _ in range(r.choice((3, 4, 5)))).ljust(5, "9")
        month = r.randint(1, 12) + r.choice((0, 50))
        body = f"{r.randint(4, 9)}{month:02}{r.randint(1, 28):02}{r.randint(0, 9)}"
        end = f"{r.choice(_LETTERS)}{r.choice(_LETTERS + '9')}9{r.choice(_LETTERS)}{r.choice(_LETTERS)}"
        return r.choice((surname + body + end, f"{surname} {body} {end}"))

    def pncid(self) -> str:
        year, serial = self.random.randint(75, 99), self.random.randint(10_000, 9_999_999)
        letter = check_letter(int(f"{year}{serial:07}"))
        return self.random.choice((f"{year}/{serial}{letter}", f"19{year}/{serial:07}{letter}"))

    def cro(self) -> str:
        year, serial = self.random.randint(75, 99), self.random.randint(1_000, 999_999)
        return f"{serial}/{year}{check_letter(int(f'{year}{serial:06}'))}"

    def sort_code(self) -> str:
        a, b, c = (self.digits(2) for _ in "abc")
        return self.random.choice((f"{a}-{b}-{c}", f"{a} {b} {c}", f"{a}{b}{c}"))

    def card(self) -> str:
        body = self.random.choice("45") + self.digits(14)
        total = sum(int(d) if i % 2 else (2 * int(d) - 9 * (int(d) > 4)) for i, d in enumerate(body))
        number = body + str(-total % 10)
        return self.random.choice((number, " ".join(number[i : i + 4] for i in range(0, 16, 4))))

    def iban(self) -> str:
        bank = "".join(self.random.choice(_LETTERS) for _ in range(4)) + self.digits(14)
        remainder = int("".join(str(int(c, 36)) for c in bank + "GB00")) % 97
        number = f"GB{98 - remainder:02}{bank}"
        return self.random.choice((number, " ".join(number[i : i + 4] for i in range(0, 22, 4))))

    def born(self) -> str:
        day = date(1940, 1, 1) + timedelta(days=self.random.randint(0, 25_000))
        month = day.strftime("%B")
        return self.random.choice((
            day.strftime("%d/%m/%Y"), day.strftime("%d.%m.%y"), f"{day.day} {month} {day.year}",
            day.strftime("%d-%m-%Y"),
            f"{day.day}th of {month}, {day.year}", day.isoformat(), f"{day.day} {month[:3]} {day:%y}",
        ))  # fmt: skip

    def crime(self) -> str:
        r = self.random
        return r.choice((
            f"{r.randint(10, 60)}/{self.digits(5)}/26", f"26{self.digits(9)}", f"{self.digits(2)}AB{self.digits(6)}",
            f"26000{self.digits(6)}", f"CR/{self.digits(6)}/26",
        ))  # fmt: skip

    def address(self) -> str:
        r = self.random
        types = ("Road", "Street", "Avenue", "Close", "Drive", "Lane", "Court", "Gardens", "Rd")
        street = f"{self.faker.last_name()} {r.choice(types)}"
        town, code = self.faker.city().split()[0], self.postcode().upper()
        return r.choice((
            f"{r.randint(1, 300)} {street}, {town}, {code}", f"{r.randint(1, 300)} {street}, {town} {code}",
            f"Flat {r.randint(1, 60)}, {r.randint(1, 99)} {street}, {town}, {code}",
            f"{r.randint(1, 300)}{r.choice('abc')} {street}\n{town}\n{code}", f"{r.randint(1, 300)} {street}",
            f"Apartment {r.randint(1, 60)}\n{self.faker.last_name()} House\n"
            f"{r.randint(1, 99)} {street}\n{town}\n{code}",
        ))  # fmt: skip

    def url(self) -> str:
        start = self.random.choice(("https://", "http://", "www."))
        return f"{start}{self.faker.last_name().lower().replace(chr(39), '')}.example.net/{self.digits(3)}"

    def name(self) -> str:
        """Forename and surname without a title."""
        return f"{self.faker.first_name()} {self.faker.last_name()}"


TEMPLATES: dict[str, tuple[str, ...]] = {
    "phone": ("Subscriber of {} was spoken to at 14:05.", "I then dialled {} and got no reply.",
              "{} is his new one, ok?"),
    "email": ("The message came from {} that evening.", "Correspondence to {}", "<{}> wrote:"),
    "nhs-number": ("NHS number: {}", "Patient (NHS No {}) was admitted.", "nhs {} - discharge summary"),
    "nino": ("NINO {}", "Her National Insurance number, {}, was on the payslip.", "Claimant {} attended."),
    "postcode": ("The parcel went to {} instead.", "Cell site in {} at 21:40", "Post code: {}"),
    "vrm": ("The index number was {}.", "ANPR hit on {} at junction 3", "He drove a silver Toyota ({}) home"),
    "driving-licence": ("Licence {} was shown.", "DVLA record {}", "His driving licence number is {}."),
    "pncid": ("PNC reference {}", "Linked nominal {} is wanted.", "PNCID: {}"),
    "cro": ("CRO {}", "CRO number: {}", "He has a criminal record, {}."),
    "bank-account": ("paid into account {} on Friday", "A/C {}", "Account no: {}"),
    "sort-code": ("sort code {}", "Sort Code: {}", "the sort code was {} he said"),
    "card": ("Card {} was declined", "used {} online", "debit card number {}"),
    "iban": ("IBAN {}", "transferred to {} abroad"),
    "ip-address": ("The session began at {} on Monday.", "IP {}"),
    "date-of-birth": ("DOB: {}", "who was born on {} in Hull", "Date of birth {}", "(d.o.b. {})"),
    "passport": ("Passport number {}", "She showed a passport, {}."),
    "collar-number": ("Attended by PC {} at once.", "Collar number: {}", "handed to DS {}"),
    "crime-reference": ("Crime reference: {}", "under crime number {}", "see occurrence {}", "Incident number {}"),
    "address": ("They searched {}.", "The occupier of {} saw it all.", "Home address: {}\n",
                "He was dropped outside {}."),
    "url": ("The listing is at {} still.", "Page {} was captured."),
    "person": ("{} told me to leave.", "I have known {} since school.", "It was {} who drove.",
               "The phone belongs to {}.", "I saw {} and waved.", "{}'s coat was torn."),
}  # fmt: skip
