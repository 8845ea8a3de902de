"""What a support policy says beside its rules: numbers, addresses, words. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to call (MX-24, MS-03). No regions = for everybody.

    `hours`: code of the calendar in which it is answered, or "always"; None = not said. Contact
    hours are not response hours.
    """

    number: str
    label: str
    regions: tuple[str, ...] = ()
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Where the vendor is reached but for its numbers; "" = not said (DD-43, MX-01).

    `portal` and `website` are web addresses, the others mail addresses.
    """

    support_email: str = ""
    portal: str = ""
    renewal_email: str = ""
    sales_email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class PublicTexts:
    """What the public policy page says in words, beside what it derives from the rules.

    `covered`: what support is for (SC-14, DD-02). `effort` (SC-16), `conduct` (DD-30), `customer`:
    what is asked of the customer (DD-34, DD-38). `eula`: which text goes first (DD-04), with its
    address in `eula_url`.
    """

    covered: tuple[str, ...] = ()
    effort: str = ""
    conduct: str = ""
    customer: str = ""
    escalation: str = ""
    eula: str = ""
    eula_url: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """What texts of the policy are called in another language: pairs of text and translation."""

    language: str
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Declined:
    """Something that support generally declines, and who can help instead (SC-15, DD-03)."""

    code: str
    name: str
    pointer: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A place where the vendor's own text contradicts itself or can be read in two ways.

    `says` and `against` are what it says here and there, `taken` what this policy does about it,
    `sources` the clauses. `settled`: the vendor has decided, so the linter is silent.
    """

    code: str
    says: str
    against: str
    taken: str
    sources: tuple[str, ...] = ()
    settled: bool = False
