"""The cultures of the sample: locales of names, fictional phone numbers, kinds of institutions."""

from dataclasses import dataclass

# Numbers that no subscriber will ever have: regulators keep these ranges for films and examples.
BRITISH_MOBILE = "+44 7700 900{:03d}"


@dataclass(frozen=True, slots=True)
class Culture:
    """One country of the sample: `weight` = how many of the people, relative to the others."""

    locale: str
    country: str
    weight: int
    institutions: tuple[str, ...]
    phone: str = BRITISH_MOBILE
    phone_numbers: int = 1000
    is_romanised: bool = True  # whether anyascii gives a spelling that people would use


CULTURES = (
    Culture(
        "en-gb",
        "GB",
        12,
        ("{name} & Daughters Bakery", "{name} Almshouse Trust"),
        "+44 20 7946 0{:03d}",
    ),
    Culture(
        "en",
        "US",
        10,
        ("{name} Family Dental", "{name} Public Library"),
        "+1 212 555 01{:02d}",
        100,
    ),
    Culture(
        "de",
        "DE",
        11,
        ("Stiftung {name}", "Bäckerei {name}", "Pflegedienst {name}"),
        "+49 30 23125 {:03d}",
    ),
    Culture("fr", "FR", 8, ("Pharmacie {name}", "Fondation {name}"), "+33 1 99 00 {:04d}", 10_000),
    Culture("es", "ES", 8, ("Fundación {name}", "Clínica {name}")),
    Culture("pl", "PL", 8, ("Przychodnia {name}", "Księgarnia {name}")),
    Culture("cs", "CZ", 6, ("Nadace {name}", "Lékárna {name}")),
    Culture("tr", "TR", 6, ("{name} Vakfı", "{name} Kırtasiye")),
    Culture("el", "GR", 5, ("Ίδρυμα {name}", "Φαρμακείο {name}")),
    Culture("ru", "RU", 5, ("Библиотека имени {name}", "Аптека {name}")),
    Culture("uk", "UA", 6, ("Аптека {name}", "Фонд {name}")),
    Culture("sv", "SE", 4, ("{name} Bokhandel", "Stiftelsen {name}"), "+46 8 465 004 {:02d}", 100),
    Culture("hu", "HU", 4, ("{name} Alapítvány", "{name} Patika")),
    Culture("pt-br", "BR", 4, ("Fundação {name}", "Padaria {name}")),
    Culture("it", "IT", 4, ("Fondazione {name}", "Farmacia {name}")),
    Culture("is", "IS", 2, ("Bókabúð {name}",)),
    Culture("zh", "CN", 4, ("{name}氏书店", "{name}氏诊所"), is_romanised=True),
    Culture("ja", "JP", 3, ("{name}書店", "{name}医院"), is_romanised=False),
    Culture("ko", "KR", 3, ("{name}서점",)),
    Culture("ar-eg", "EG", 3, ("مؤسسة {name}", "صيدلية {name}"), is_romanised=False),
    Culture("fa", "IR", 3, ("بنیاد {name}",), is_romanised=False),
)
