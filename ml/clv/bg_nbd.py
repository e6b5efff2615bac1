"""BG/NBD of Fader, Hardie and Lee (2005): dropout after each repeat order."""

from __future__ import annotations

from ml.clv.beta_geometric import BetaGeometric


class BgNbd(BetaGeometric):
    """A customer without repeat orders is alive for certain: nothing could have ended it."""

    name = "bg_nbd"
    drops_after_first = 0
