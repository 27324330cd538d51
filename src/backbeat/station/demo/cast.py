"""The people of the demonstration case: made by a seeded generator, never real.

Telephone numbers come from the ranges Ofcom keeps for drama, NHS numbers from the 999 test range, vehicle registrations
carry the age 98 (first issued in 2048), postcodes an area that does not exist, e-mail the reserved domain example.org.
"""

import random
from dataclasses import dataclass
from datetime import date

__all__ = ["FORCE", "Character", "Cast", "make_cast"]

FORCE = "Marlshire Police"
TOWN = "Marlbridge"


@dataclass(frozen=True, slots=True)
class Character:
    """One invented person and everything the documents say about them."""

    id: str
    forename: str
    surname: str
    role: str
    born: date
    address: str
    postcode: str
    phone: str
    email: str
    vrm: str
    nhs: str
    nino: str

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}"

    def attributes(self) -> dict[str, list[str]]:
        """What the case register knows about this person."""
        return {
            "address": [f"{self.address}, {self.postcode}"],
            "phone": [self.phone],
            "email": [self.email],
            "date-of-birth": [self.born.strftime("%d/%m/%Y")],
            "vrm": [self.vrm],
        }


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in the case."""

    suspect: Character
    victim: Character
    witness: Character
    neighbour: Character
    officer: Character
    collar: str
    reference: str

    def everyone(self) -> tuple[Character, ...]:
        return (self.suspect, self.victim, self.witness, self.neighbour, self.officer)


def _nhs(rng: random.Random) -> str:
    """A ten-digit number of the test range 999 with a right check digit."""
    while True:
        digits = [9, 9, 9, *(rng.randrange(10) for _ in range(6))]
        check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            text = "".join(map(str, [*digits, check % 11]))
            return f"{text[:3]} {text[3:6]} {text[6:]}"


def make_cast(seed: int = 2026) -> Cast:
    """The same seed gives the same people on every machine."""
    from faker import Faker

    fake = Faker("en_GB")
    fake.seed_instance(seed)
    rng = random.Random(seed)  # noqa: S311 - invented people, not secrets
    streets = rng.sample(["Kiln Lane", "Tannery Road", "Foundry Close", "Larkspur Avenue", "Mill Rise"], 5)
    surnames: set[str] = set()

    def character(identifier: str, role: str, forename: str, years: tuple[int, int], street: str) -> Character:
        surname = fake.last_name()
        while surname in surnames:
            surname = fake.last_name()
        surnames.add(surname)
        letters = "".join(rng.choice("ABCDEFGHJKLMNOPRSTUVWXY") for _ in range(3))
        return Character(
            id=identifier,
            forename=forename,
            surname=surname,
            role=role,
            born=fake.date_of_birth(minimum_age=years[0], maximum_age=years[1]).replace(
                year=2026 - rng.randint(*years)
            ),
            address=f"{rng.randint(2, 89)} {street}, {TOWN}",
            postcode=f"MB{rng.randint(1, 9)} {rng.randint(1, 9)}{rng.choice('ABDEFGHJLN')}{rng.choice('PQRSTUWX')}",
            phone=f"07700 900{rng.randint(100, 999)}",
            email=f"{forename.lower()}.{surname.lower().replace(' ', '')}@example.org",
            vrm=f"MB98 {letters}",
            nhs=_nhs(rng),
            nino=f"AB {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.choice('ABCD')}",
        )

    return Cast(
        suspect=character("P1", "suspect", fake.first_name_male(), (22, 45), streets[0]),
        victim=character("P2", "victim", fake.first_name_female(), (25, 60), streets[1]),
        witness=character("P3", "witness", fake.first_name_female(), (30, 70), streets[2]),
        neighbour=character("P4", "third-party", fake.first_name_male(), (40, 80), streets[3]),
        officer=character("P5", "officer", fake.first_name_female(), (24, 50), streets[4]),
        collar=str(rng.randint(1000, 8999)),
        reference=f"44/{rng.randint(10000, 99999)}/26",
    )
