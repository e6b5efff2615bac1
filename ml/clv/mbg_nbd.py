"""MBG/NBD of Batislam, Denizel and Filiztekin (2007): dropout after the first order too."""

from __future__ import annotations

from ml.clv.beta_geometric import BetaGeometric


class MbgNbd(BetaGeometric):
    """Those who came once may be gone as well, as in shops where most do."""

    name = "mbg_nbd"
    drops_after_first = 1
