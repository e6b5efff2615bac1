"""People with several ids each, as shops see them, and who they really are.

Made from a seed: households that share a phone and a surname, families that share an e-mail,
fathers and sons of one name, common names, typing errors, changed e-mails, gaps, placeholders,
labels and dots in Gmail addresses, and every way to write a phone number.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import comb

SOURCES = ("web", "app", "till")
COLUMNS = (
    *("source_name", "account_id", "customer_name", "email", "phone", "account_reference"),
    *("batch_id", "row_number", "is_guest"),
)
GIVEN_NAMES = """
    John Mary David Sarah Michael Emma James Laura Peter Anna Thomas Julia Daniel Maria Paul Lisa
    Mark Sophie Martin Clara Andrew Helen Simon Alice Stephen Rachel Jürgen Zoë José Łukasz Siân
    Noémie Björn Aoife Priya Mehmet Ελένη Oliver Amelia George Charlotte Henry Grace Edward Ruth
    Robert Nina Christian Eva Frank Ida Walter Olga Felix Rosa Hugo Iris Victor Edith Marta Leo
    Jean-Luc Anne-Marie Patrick Bridget Sean Fiona Ahmed Fatima Wei Mei Carlos Ines Luca Giulia
"""
COMMON_SURNAMES = """
    Smith Jones Müller Schmidt Taylor Brown Nowak Dubois García O'Brien Patel Kowalski Schäfer
    Åström Papadopoulos Nguyen Rossi Murphy Wilson Evans Fischer Weber Martin Bernard Silva
"""
SYLLABLES = "ba del gor han ki lem mar nor os pen quin ros sal tor ul vas wen yar zim ters"
TITLES = ("Mr ", "Mrs ", "Dr. ", "Herr ", "Frau ")
PLACEHOLDERS = ("test@test.com", "noreply@shop.example", "n/a", "none@none.com", "-")
PHONE_PLACEHOLDERS = ("0000000000", "1234567890", "n/a", "11111111", "-")
RELAY = "orders@marketplace.example"
PLAIN = str.maketrans("üëéŁłâöøíáäÅÖç", "ueeLlaooiaaAOc")


@dataclass
class Person:
    """Somebody, and the identifiers that really are theirs."""

    number: int
    given: str
    surname: str
    phones: list[str]
    emails: list[str]

    @property
    def name(self) -> str:
        return f"{self.given} {self.surname}"


@dataclass(frozen=True)
class Sighting:
    """One landed row, and which of its identifiers are written so that the rules can read them.

    clean_given is None where the row shows no first name at all; a wrong one agrees with no other.
    """

    source_name: str
    account_id: str
    customer_name: str | None
    email: str | None
    phone: str | None
    account_reference: str | None
    is_guest: bool
    clean_email: str | None
    clean_given: str | None
    clean_name: str | None
    clean_phone: str | None
    batch_id: int = 1
    row_number: int = 1

    def row(self) -> tuple:
        """The values of COLUMNS."""
        return tuple(getattr(self, column) for column in COLUMNS)


@dataclass
class Population:
    """What was landed and the truth about it."""

    sightings: list[Sighting]
    person_of: dict[str, int]
    people: list[Person]
    # Accounts whose e-mail is the marketplace's.
    relayed: set[str] = field(default_factory=set)

    def true_pairs(self) -> int:
        """Pairs of accounts that are one person."""
        return pairs(Counter(self.person_of.values()).values())

    def findable(self, link_nameless: bool = False) -> dict[str, Hashable]:
        """Account to group: what a person's clean identifiers connect under the rules.

        With `link_nameless`, an account without a name belongs to the one first name of its e-mail.

        Worked out from the truth and not from the text, so it shares nothing with the SQL.
        """
        shown: dict[str, dict[str, set]] = defaultdict(lambda: defaultdict(set))
        for sighting in self.sightings:
            account = shown[sighting.account_id]
            account["reference"].add(sighting.account_reference)
            account["phone"].add(sighting.clean_phone)
            account["name"].add(sighting.clean_name)
            account["email"].add(sighting.clean_email)
            account["given"].add(sighting.clean_given)
        if link_nameless:
            _lend_names(shown.values())
        groups = Groups()
        for account_id, seen in shown.items():
            person = self.person_of[account_id]
            groups.add(account_id)
            keys = [("reference", value) for value in seen["reference"] if value]
            keys += [("email", e, g) for e in seen["email"] if e for g in seen["given"] if g]
            keys += [("email", *pair) for pair in seen["nameless"]]
            keys += [("phone", p, n) for p in seen["phone"] if p for n in seen["name"] if n]
            for key in keys:
                groups.join(account_id, (person, *key))
        return {account_id: groups.root(account_id) for account_id in shown}


def _lend_names(accounts: Iterable[dict[str, set]]) -> None:
    """Give accounts without a first name that of their e-mail, unless there are several."""
    names: dict[str, set] = defaultdict(set)
    nameless = []
    for seen in accounts:
        given = seen["given"] - {None}
        if not given:
            nameless.append(seen)
        for email in seen["email"] - {None}:
            names[email] |= given
    for seen in nameless:
        seen["nameless"] = {
            (email, *names[email]) for email in seen["email"] - {None} if len(names[email]) < 2
        }


class Groups:
    """Union-find."""

    def __init__(self) -> None:
        self.parents: dict[Hashable, Hashable] = {}

    def add(self, item: Hashable) -> None:
        self.parents.setdefault(item, item)

    def root(self, item: Hashable) -> Hashable:
        self.add(item)
        while self.parents[item] != item:
            self.parents[item] = self.parents[self.parents[item]]
            item = self.parents[item]
        return item

    def join(self, left: Hashable, right: Hashable) -> None:
        self.parents[self.root(left)] = self.root(right)


def pairs(sizes: Iterable[int]) -> int:
    """Pairs within groups of these sizes."""
    return sum(comb(size, 2) for size in sizes)


def precision_and_recall(
    clusters: Mapping[str, Hashable], truth: Mapping[str, Hashable]
) -> tuple[float, float]:
    """Pairwise, over the accounts of `truth`; 1 where there is no pair to judge."""
    both = pairs(Counter((clusters[account], truth[account]) for account in truth).values())
    found = pairs(Counter(clusters[account] for account in truth).values())
    true = pairs(Counter(truth.values()).values())
    return (both / found if found else 1.0), (both / true if true else 1.0)


def make_people(
    seed: int,
    people: int = 10_000,
    ids: int = 25_000,
    relayed: int = 0,
    nameless_guests: float = 0.03,
) -> Population:
    """A population.

    Args:
        seed: the same seed gives the same rows.
        people: how many people there are.
        ids: how many ids they have, at least one each.
        relayed: ids of a marketplace that puts its own e-mail in place of the customer's.
        nameless_guests: share of guest checkouts without a name.
    """
    return _Maker(random.Random(seed), nameless_guests).population(people, ids, relayed)


def reordered(population: Population, seed: int, batches: int) -> list[Sighting]:
    """The same rows in another order of arrival."""
    rng = random.Random(seed)
    shuffled = rng.sample(population.sightings, len(population.sightings))
    cuts = sorted(rng.choices(range(1, batches + 1), k=len(shuffled)))
    return [
        replace(sighting, batch_id=batch, row_number=number)
        for number, (sighting, batch) in enumerate(zip(shuffled, cuts, strict=True), start=1)
    ]


class _Maker:
    def __init__(self, rng: random.Random, nameless_guests: float) -> None:
        self.rng = rng
        self.nameless_guests = nameless_guests
        self.mailboxes: set[str] = set()
        self.givens = GIVEN_NAMES.split()
        self.commons = COMMON_SURNAMES.split()
        self.syllables = SYLLABLES.split()

    def population(self, count: int, ids: int, relayed: int) -> Population:
        people: list[Person] = []
        while len(people) < count:
            people += self.household(len(people), count - len(people))
        owners = people + self.rng.choices(
            people, weights=[min(self.rng.paretovariate(2), 6) for _ in people], k=ids - count
        )
        self.rng.shuffle(owners)
        result = Population([], {}, people)
        for number, person in enumerate(owners):
            for sighting in self.account(number, person):
                result.sightings.append(sighting)
                result.person_of[sighting.account_id] = person.number
        self.relay(result, relayed)
        result.sightings = reordered(result, seed=self.rng.randrange(2**32), batches=20)
        return result

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # Who there is

    def household(self, first: int, most: int) -> list[Person]:
        size = min(self.rng.choices((1, 2, 3, 4, 5), (45, 28, 12, 11, 4))[0], most)
        surname = self.surname()
        landline = self.phone("20") if self.chance(0.3) else None
        givens = self.rng.sample(self.givens, size)
        # Father and son.
        if size >= 3 and self.chance(0.01):
            givens[-1] = givens[0]
        members = []
        for number, given in enumerate(givens):
            own = surname if self.chance(0.9) else self.surname()
            person = Person(first + number, given, own, [self.phone("7")], [])
            if landline:
                person.phones.append(landline)
            person.emails = [self.mailbox(person) for _ in range(2 if self.chance(0.12) else 1)]
            members.append(person)
        if size >= 2 and self.chance(0.04):
            for person in members[: self.rng.randint(2, size)]:
                person.emails[0] = members[0].emails[0]
        return members

    def surname(self) -> str:
        if self.chance(0.35):
            weights = [1 / (rank + 1) for rank in range(len(self.commons))]
            return self.rng.choices(self.commons, weights)[0]
        return "".join(self.rng.choices(self.syllables, k=3)).capitalize()

    def phone(self, area: str) -> str:
        return area + "".join(self.rng.choices("0123456789", k=10 - len(area)))

    def mailbox(self, person: Person) -> str:
        given, surname = (_ascii(part) for part in (person.given, person.surname))
        while True:
            joint = self.rng.choice((".", "", "_"))
            numbers = (str(self.rng.randrange(100)), str(self.rng.randrange(2000)))
            digits = self.rng.choice(("", *numbers))
            host = self.rng.choices(("gmail.com", "example.com", "mail.example.org"), (4, 3, 3))[0]
            mailbox = f"{given or 'x'}{joint}{surname}{digits}@{host}"
            # Gmail takes no notice of dots: these two would be one mailbox.
            if mailbox.replace(".", "") not in self.mailboxes:
                self.mailboxes.add(mailbox.replace(".", ""))
                return mailbox

    # What shops see of them

    def account(self, number: int, person: Person) -> list[Sighting]:
        source = self.rng.choice(SOURCES)
        is_guest = self.chance(0.25)
        account_id = f"{source}:{'guest-' if is_guest else ''}{number}"
        referred = source == "till" and not is_guest and self.chance(0.3)
        reference = f"card-{person.number}" if referred else None
        versions = 2 if not is_guest and self.chance(0.1) else 1
        return [
            self.sighting(source, account_id, person, reference, is_guest) for _ in range(versions)
        ]

    def sighting(
        self, source: str, account_id: str, person: Person, reference: str | None, is_guest: bool
    ) -> Sighting:
        email, clean_email = self.shown_email(person)
        phone, clean_phone = self.shown_phone(person)
        name, clean_given, clean_name = self.shown_name(
            person, self.nameless_guests if is_guest else 0.03
        )
        return Sighting(
            *(source, account_id, name, email, phone, reference, is_guest),
            *(clean_email, clean_given, clean_name, clean_phone),
        )

    def shown_email(self, person: Person) -> tuple[str | None, str | None]:
        roll = self.rng.random()
        if roll < 0.08:
            return None, None
        if roll < 0.09:
            return self.rng.choice(PLACEHOLDERS), None
        mailbox = self.rng.choice(person.emails)
        if roll < 0.105:
            return self.mistyped(mailbox), None
        local, host = mailbox.split("@")
        if host == "gmail.com":
            if self.chance(0.2):
                at = self.rng.randrange(1, len(local))
                local = f"{local[:at]}.{local[at:]}".replace("..", ".")
            if self.chance(0.05):
                host = "googlemail.com"
        if self.chance(0.05):
            local += f"+{self.rng.choice(('shop', 'news', '2024'))}"
        text = f"{local}@{host}"
        text = text.upper() if self.chance(0.1) else text
        return self.rng.choice(("", "", "", " ", "\u00a0")) + text, mailbox

    def shown_phone(self, person: Person) -> tuple[str | None, str | None]:
        roll = self.rng.random()
        if roll < 0.35:
            return None, None
        if roll < 0.36:
            return self.rng.choice(PHONE_PLACEHOLDERS), None
        phone = self.rng.choice(person.phones)
        if roll < 0.37:
            return f"+44{self.mistyped(phone, '0123456789')}", None
        formats = ("+44{}", "0044 {}", "0{}", "+44 (0){}", "(0{}", "{}", "0{} ext. 12", "tel 0{}")
        text = self.rng.choice(formats).format(phone)
        return text[:-4] + self.rng.choice(("", " ", "-", "/")) + text[-4:], phone

    def shown_name(
        self, person: Person, nameless: float
    ) -> tuple[str | None, str | None, str | None]:
        roll = self.rng.random()
        given, surname = person.given, person.surname
        if roll < nameless:
            return self.rng.choice((None, "", " ", "Guest", "N/A")), None, None
        if self.chance(0.02):
            # An initial is no first name, except in scripts where it may be a whole one.
            return f"{given[0]}. {surname}", None if _ascii(given[0]) else self.wrong(), None
        if self.chance(0.02):
            return f"{given} {self.rng.choice('ABCDEF')}. {surname}", given, None
        if self.chance(0.015):
            return f"{self.mistyped(given)} {surname}", self.wrong(), None
        if self.chance(0.015):
            return f"{given} {self.mistyped(surname)}", given, None
        text = f"{surname}, {given}" if self.chance(0.05) else f"{given} {surname}"
        text = self.rng.choice(TITLES) + text if self.chance(0.04) and "," not in text else text
        text = text.translate(PLAIN) if self.chance(0.3) else text
        text = text.upper() if self.chance(0.08) else text
        return text.replace(" ", self.rng.choice((" ", " ", "  ", "\u00a0"))), given, person.name

    def wrong(self) -> str:
        """A first name that agrees with no other."""
        return f"? {self.rng.random()}"

    def mistyped(self, text: str, letters: str = "abcdefghijklmnopqrstuvwxyz") -> str:
        """Two characters changed places, or one is missing, twice there or another one."""
        while True:
            at = self.rng.randrange(len(text) - 1)
            wrong = self.rng.choice(
                (
                    text[:at] + text[at + 1] + text[at] + text[at + 2 :],
                    text[:at] + text[at + 1 :],
                    text[: at + 1] + text[at:],
                    text[:at] + self.rng.choice(letters) + text[at + 1 :],
                )
            )
            if wrong.lower() != text.lower():
                return wrong

    def relay(self, population: Population, count: int) -> None:
        """Let the marketplace put its own address into rows of `count` accounts."""
        population.relayed = set(self.rng.sample(sorted(population.person_of), count))
        population.sightings = [
            replace(sighting, email=RELAY, clean_email=None)
            if sighting.account_id in population.relayed
            else sighting
            for sighting in population.sightings
        ]


def _ascii(text: str) -> str:
    return "".join(c for c in text.translate(PLAIN).lower() if c.isascii() and c.isalnum())
