"""Names and addresses: unicode, quotes, commas and line breaks, as real exports have them."""

import numpy as np
import pandas as pd

from ingest.sample.config import Ints, SampleConfig, Stream, Texts
from ingest.sample.latent import CHANNELS, COUNTRIES, Latent
from ingest.sample.text import ids, integers, labels, timestamps

# Each name with its form in an e-mail address.
FIRST = (
    ("Amelia", "amelia"),
    ("Oliver", "oliver"),
    ("Zoë", "zoe"),
    ("José", "jose"),
    ("Łukasz", "lukasz"),
    ("Siân", "sian"),
    ("Jürgen", "juergen"),
    ("Aoife", "aoife"),
    ("Noémie", "noemie"),
    ("Björn", "bjoern"),
    ("さくら", "sakura"),
    ("Priya", "priya"),
    ("George", "george"),
    ("Ελένη", "eleni"),
    ("Mehmet", "mehmet"),
    ("Anna-Lena", "anna-lena"),
)
LAST = (
    ("Smith", "smith"),
    ("Müller", "mueller"),
    ("O'Brien", "obrien"),
    ("Nowak", "nowak"),
    ("García Márquez", "garcia.marquez"),
    ("Dubois", "dubois"),
    ("Åström", "astroem"),
    ("田中", "tanaka"),
    ("Jones", "jones"),
    ("Kowalski, jr.", "kowalski"),
    ("Ó Súilleabháin", "osuilleabhain"),
    ("van der Berg", "vanderberg"),
    ("Patel", "patel"),
    ('Lee "Lucky"', "lee"),
    ("Schäfer", "schaefer"),
    ("Papadopoulos", "papadopoulos"),
)
DOMAINS = ("example.com", "example.org", "example.net")
# Some forms take a second line; the export keeps the break inside the quoted name.
LINE_BREAK_SHARE = 0.004


def _column(pairs: tuple[tuple[str, str], ...], part: int) -> Texts:
    return np.array([pair[part] for pair in pairs], dtype=object)


def _full_names(rng: np.random.Generator, first: Ints, last: Ints) -> Texts:
    joint = np.where(rng.random(first.size) < LINE_BREAK_SHARE, "\n", " ").astype(object)
    return np.asarray(_column(FIRST, 0)[first] + joint + _column(LAST, 0)[last])


def customers_file(
    config: SampleConfig, block: int, customer: Ints, latent: Latent
) -> pd.DataFrame:
    """customers.csv of one block as text; `customer` are the customers' numbers, shape (n,)."""
    rng = config.rng(Stream.PEOPLE, block)
    first, last, domain = (rng.integers(0, n, customer.size) for n in (len(FIRST), len(LAST), 3))
    local = _column(FIRST, 1)[first] + "." + _column(LAST, 1)[last]
    number = integers(customer).to_numpy(dtype=object)
    email = local + "." + number + "@" + np.array(DOMAINS, dtype=object)[domain]
    return pd.DataFrame(
        {
            "customer_id": ids("C", customer, 7),
            "full_name": pd.Series(_full_names(rng, first, last), dtype="str"),
            "email": pd.Series(email, dtype="str"),
            "country": labels(COUNTRIES, latent.country),
            "acquisition_channel": labels(CHANNELS, latent.channel),
            "signed_up_at": timestamps(latent.born_at),
        }
    )
