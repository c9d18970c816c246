"""How far coders agree beyond chance, exactly: Cohen's kappa for two, Krippendorff's alpha for any number.

Sources: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960);
K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), with its nominal difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction


def cohens_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Fraction | None:
    """Agreement of two coders who both coded every unit.

    None where it is not defined: nothing was coded, or both only ever gave one and the same code.
    """
    together = Counter(pairs)
    count = together.total()
    if not count:
        return None
    first, second = Counter[Hashable](), Counter[Hashable]()
    for (one, other), times in together.items():
        first[one] += times
        second[other] += times
    observed = Fraction(sum(times for (one, other), times in together.items() if one == other), count)
    by_chance = Fraction(sum(times * second[code] for code, times in first.items()), count * count)
    return (observed - by_chance) / (1 - by_chance) if by_chance != 1 else None


def krippendorffs_alpha(units: Iterable[Sequence[Hashable]]) -> Fraction | None:
    """Agreement over units that were each coded by any number of coders; each unit holds the codes that it was given.

    Units with fewer than two codes say nothing and are left out. None where it is not defined: nothing can be paired,
    or only one code was ever given.
    """
    disagreeing = Fraction(0)
    totals = Counter[Hashable]()
    for codes in units:
        if len(codes) < 2:
            continue
        counts = Counter(codes)
        totals += counts
        pairs = sum(times * (len(codes) - times) for times in counts.values())
        disagreeing += Fraction(pairs, len(codes) - 1)
    count = totals.total()
    expected = sum(times * (count - times) for times in totals.values())
    return 1 - (count - 1) * disagreeing / expected if expected else None
