"""When customers order, and which orders carry a discount."""

from dataclasses import dataclass

import numpy as np

from ingest.sample.config import Bools, Floats, Ints, SampleConfig, Stream
from ingest.sample.latent import DISCOUNT_USE, Latent, pick
from ingest.sample.season import Clock

ORDER_CHANNELS = ("web", "app", "store", "phone")
ORDER_CHANNEL_SHARE = np.array([0.55, 0.30, 0.12, 0.03])
GUEST = -1  # stands for a customer's row number where there is none
GUEST_DISCOUNT_USE = np.array([0.15, 0.50])  # without and with a campaign


@dataclass(frozen=True)
class Orders:
    """n orders of one block by time: every array has shape (n,).

    `owner` is the row of the block's customer or GUEST; `ordered_at` seconds since 1970;
    `depth` the depth of the sale that ran, `is_discounted` whether the order took a discount:
    the sale's depth off its lines during a sale, a coupon off the whole order outside.
    """

    owner: Ints
    ordered_at: Ints
    depth: Floats
    is_discounted: Bools
    is_cancelled: Bools
    channel: Ints

    @property
    def size(self) -> int:
        """Number of orders."""
        return self.owner.size


def draw_orders(config: SampleConfig, clock: Clock, latent: Latent, block: int) -> Orders:
    """Draw one block's orders: each customer's first at sign-up, repeats while alive, guests'."""
    rng = config.rng(Stream.ORDERS, block)
    repeat_owner, repeat_at = draw_repeats(rng, clock, latent)
    first_owner = np.arange(latent.born_at.size)
    guest_at = draw_guests(rng, config, clock, first_owner.size + repeat_owner.size)
    owner = np.concatenate([first_owner, repeat_owner, np.full(guest_at.size, GUEST)])
    ordered_at = np.concatenate([latent.born_at, repeat_at, guest_at])
    is_first = np.arange(owner.size) < first_owner.size
    by_time = np.lexsort((owner, ordered_at))
    owner, ordered_at, is_first = owner[by_time], ordered_at[by_time], is_first[by_time]
    depth = clock.campaign_depth(ordered_at)
    return Orders(
        owner=owner,
        ordered_at=ordered_at,
        depth=depth,
        is_discounted=rng.random(owner.size) < _discount_use(latent, owner, depth),
        # A sign-up counts as such only with an order that went through.
        is_cancelled=(rng.random(owner.size) < config.cancelled_share) & ~is_first,
        channel=pick(rng, ORDER_CHANNEL_SHARE, owner.size),
    )


def draw_repeats(rng: np.random.Generator, clock: Clock, latent: Latent) -> tuple[Ints, Ints]:
    """Owners and seconds of repeat orders: uniform in operational time until dropout or the end."""
    born = clock.operational(latent.born_at)
    span = np.minimum(clock.span - born, latent.lifetime)
    count = rng.poisson(latent.purchase_rate * span)
    owner = np.repeat(np.arange(born.size), count)
    operational = born[owner] + span[owner] * rng.random(owner.size)
    return owner, clock.seconds(operational)


def draw_guests(
    rng: np.random.Generator, config: SampleConfig, clock: Clock, registered: int
) -> Ints:
    """Seconds of guest checkouts, so that they are `guest_share` of all orders on average."""
    expected = registered * config.guest_share / (1 - config.guest_share)
    return clock.seconds(clock.span * rng.random(rng.poisson(expected)))


def _discount_use(latent: Latent, owner: Ints, depth: Floats) -> Floats:
    on_sale = (depth > 0).astype(np.int64)
    guest = owner == GUEST
    own = DISCOUNT_USE[latent.bargain[np.where(guest, 0, owner)], on_sale]
    return np.where(guest, GUEST_DISCOUNT_USE[on_sale], own)
