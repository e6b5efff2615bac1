"""SQL of the stored predictions: on marts and predictions only, values by placeholder only.

What a request may choose (columns to sort by, filters) is looked up here; no text of a request
ever becomes SQL.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Literal

from apps.sql import Query

Order = Literal["asc", "desc"]
PERSONAL = ("customer_name", "email", "phone")
"""Columns of customer_360 that only keys with the scope `personal` see."""
Sort = Literal[
    "churn_probability",
    "clv_12_months_amount",
    "net_revenue_amount",
    "order_count",
    "days_since_last_order",
    "revenue_at_risk_amount",
    "expected_gain_amount",
    "priority_rank",
    "customer_id",
]
"""What lists may be sorted by."""
FILTERS = {
    "source": "source_name = ${}",
    "country": "country = ${}",
    "segment": "segment_id = ${}",
    "persona": "persona_name = ${}",
    "risk": "churn_risk_band = ${}",
    "lifecycle": "lifecycle_state = ${}",
    "value_tier": "value_tier = ${}",
    "min_clv": "clv_12_months_amount >= ${}",
    "min_net_revenue": "net_revenue_amount >= ${}",
    "min_churn_probability": "churn_probability >= ${}",
}
LISTED = (
    *("customer_id", "source_name", "country", "as_of_date", "currency"),
    *("order_count", "net_revenue_amount", "days_since_last_order", "lifecycle_state"),
    *("segment_id", "persona_name", "value_tier", "churn_probability", "churn_risk_band"),
    *("clv_12_months_amount", "revenue_at_risk_amount", "expected_gain_amount", "priority_rank"),
)


class BadCursor(ValueError):
    """A cursor that this API did not give out for these filters."""


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the value that it was sorted by, and the customer."""

    sort: str
    order: Order
    value: float | str | None
    customer_id: str

    def text(self) -> str:
        """The cursor as it is given out."""
        content = json.dumps([self.sort, self.order, self.value, self.customer_id])
        return base64.urlsafe_b64encode(content.encode()).decode()


def read_cursor(text: str, sort: str, order: Order) -> Cursor:
    """Read a cursor.

    Raises:
        BadCursor: it is none, or one of another order.
    """
    try:
        found = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
        cursor = Cursor(*found)
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor("is no cursor of this API") from None
    is_value = cursor.value is None or isinstance(cursor.value, (int, float, str))
    is_text = isinstance(cursor.value, str) == (sort == "customer_id")
    if (cursor.sort, cursor.order) != (sort, order):
        raise BadCursor(f"is of another order: {cursor.sort} {cursor.order}")
    if not is_value or not isinstance(cursor.customer_id, str):
        raise BadCursor("is no cursor of this API")
    if cursor.value is not None and not is_text:
        raise BadCursor("is no cursor of this API")
    if "\0" in cursor.customer_id + str(cursor.value):
        raise BadCursor("is no cursor of this API")
    return cursor


def customers(
    filters: dict[str, Any], sort: str, order: Order, cursor: Cursor | None, limit: int
) -> Query:
    """The customers of a page: sorted, unknown values last, ties by customer."""
    query = Query(f"select {', '.join(LISTED)} from marts.customer_360")  # noqa: S608
    for name, value in filters.items():
        if value is not None:
            query.where(FILTERS[name], value)
    if cursor is not None:
        _go_on(query, cursor)
    tail = f" order by {sort} {order} nulls last, customer_id limit {limit + 1:d}"
    query.text += tail
    return query


def _go_on(query: Query, cursor: Cursor) -> None:
    """Only what comes after the cursor."""
    name, sign = cursor.sort, ">" if cursor.order == "asc" else "<"
    if cursor.value is None:
        query.where(f"({name} is null and customer_id > ${{}})", cursor.customer_id)
        return
    if name == "customer_id":
        query.where(f"customer_id {sign} ${{}}", cursor.customer_id)
        return
    query.arguments.append(cursor.value)
    place = f"${len(query.arguments)}"
    query.where(
        f"({name} {sign} {place} or {name} is null or ({name} = {place} and customer_id > ${{}}))",
        cursor.customer_id,
    )


SEGMENTS = """
select s.*, t.median_days_since_last_order, t.median_order_count, t.median_net_revenue_amount
from predictions.segments as s
left join (
    select run_id, segment_id,
        max(median_value) filter (where feature_name = 'days_since_last_order')
            as median_days_since_last_order,
        max(median_value) filter (where feature_name = 'order_count') as median_order_count,
        max(median_value) filter (where feature_name = 'net_revenue_amount')
            as median_net_revenue_amount
    from predictions.segment_profiles group by run_id, segment_id
) as t on t.run_id = s.run_id and t.segment_id = s.segment_id
"""
KPIS = "select * from marts.kpi_monthly"
RISKS = """
select source_name, churn_risk_band,
    least(floor(churn_probability * 10), 9)::int as probability_tenth,
    count(*)::int as customer_count, sum(revenue_at_risk_amount)::float8 as revenue_at_risk_amount
from marts.customer_360
where churn_probability is not null and ($1::text is null or source_name = $1)
group by source_name, churn_risk_band, probability_tenth
order by source_name, probability_tenth, churn_risk_band
"""
AUDIENCE = """
select {columns}, m.entered_date
from marts.customer_audiences as m
join marts.customer_360 as c on c.customer_id = m.customer_id
where m.audience_name = $1 and ($2::text is null or m.source_name = $2)
order by m.customer_id
"""


def audience(is_personal: bool) -> str:
    """The members of an audience; with names and addresses for whoever may see them."""
    names = (*LISTED, *(PERSONAL if is_personal else ()))
    return AUDIENCE.format(columns=", ".join(f"c.{name}" for name in names))
