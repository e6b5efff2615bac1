"""Plotly figures of frames. Colours come from the theme, so that dark and light both work."""

from __future__ import annotations

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

HEIGHT = 340
MARGIN = {"l": 10, "r": 10, "t": 30, "b": 10}
# Of Okabe and Ito: told apart by the colour-blind, and legible on white and on black.
PERSONAS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b0a400"]
INTERVAL = "rgba(128, 128, 128, 0.3)"
BANDS = {"low": "#2a9d8f", "medium": "#e9c46a", "high": "#f4a261", "critical": "#e76f51"}


def _styled(figure: go.Figure, height: int = HEIGHT) -> go.Figure:
    figure.update_layout(height=height, margin=MARGIN, legend={"orientation": "h", "y": -0.2})
    return figure


def revenue(days: pd.DataFrame, currency: str, forecast: pd.DataFrame | None = None) -> go.Figure:
    """Net revenue by day with its seven-day mean, and a forecast with its 80% interval."""
    figure = go.Figure()
    dates = pd.date_range(days["order_date"].min(), days["order_date"].max())
    sold = days.set_index("order_date")["net_revenue_amount"].reindex(dates, fill_value=0.0)
    figure.add_bar(x=dates, y=sold, name="a day", marker_opacity=0.4)
    figure.add_scatter(x=dates, y=sold.rolling(7).mean(), name="mean of seven days")
    if forecast is not None and not forecast.empty:
        _add_forecast(figure, forecast)
    figure.update_yaxes(title=currency)
    return _styled(figure)


def _add_forecast(figure: go.Figure, forecast: pd.DataFrame) -> None:
    days = forecast["target_date"]
    _add_interval(figure, days, forecast["lower"], forecast["upper"])
    figure.add_scatter(x=days, y=forecast["value"], name="forecast", line={"dash": "dot"})


def _add_interval(figure: go.Figure, days: pd.Series, lower: pd.Series, upper: pd.Series) -> None:
    """An 80% interval as a band without lines."""
    bare = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=days, y=upper, showlegend=False, **bare)
    band = {"fill": "tonexty", "fillcolor": INTERVAL, "name": "80% interval"}
    figure.add_scatter(x=days, y=lower, **band, **bare)


def cohorts(frame: pd.DataFrame) -> go.Figure:
    """Retention by month of the first order and months since; incomplete periods left out."""
    shown = frame[frame["is_period_complete"] & (frame["period_number"] > 0)]
    table = shown.pivot_table(
        index="cohort_month", columns="period_number", values="retention_rate", aggfunc="first"
    ).sort_index(ascending=False)
    figure = px.imshow(
        table,
        y=[f"{month:%Y-%m}" for month in table.index],
        aspect="auto",
        color_continuous_scale="Tealgrn",
        labels={"x": "months since the first order", "y": "first order", "color": "retained"},
        text_auto=".0%" if table.size <= 200 else False,
    )
    figure.update_coloraxes(colorbar_tickformat=".0%")
    return _styled(figure, 60 + 24 * max(len(table), 6))


def scatter(frame: pd.DataFrame, first: str, second: str) -> go.Figure:
    """Customers as points, coloured by persona; zoom by dragging."""
    figure = px.scatter(
        frame,
        x=first,
        y=second,
        color="persona_name",
        color_discrete_sequence=PERSONAS,
        hover_name="customer_id",
        opacity=0.6,
        labels={first: "", second: "", "persona_name": ""},
        render_mode="webgl",
    )
    figure.update_traces(marker_size=4)
    return _styled(figure, 460)


def migration(frame: pd.DataFrame) -> go.Figure:
    """From which segment to which, as shares of where customers came from."""
    table = frame.pivot_table(
        index="from_rfm_segment",
        columns="to_rfm_segment",
        values="share_of_from_segment",
        aggfunc="sum",
    ).fillna(0)
    figure = px.imshow(
        table,
        aspect="auto",
        color_continuous_scale="Tealgrn",
        text_auto=".0%",
        labels={"x": "to", "y": "from", "color": "share"},
    )
    return _styled(figure, 420)


def risks(frame: pd.DataFrame, column: str, title: str) -> go.Figure:
    """Something by tenth of the churn probability, coloured by band."""
    figure = px.bar(
        frame,
        x="tenth",
        y=column,
        color="churn_risk_band",
        color_discrete_map=BANDS,
        category_orders={"churn_risk_band": list(BANDS)},
        labels={"tenth": "probability of no purchase", column: title, "churn_risk_band": ""},
    )
    return _styled(figure)


def calibration(frame: pd.DataFrame) -> go.Figure:
    """What was predicted beside what happened; on the line both agree."""
    figure = px.scatter(
        frame,
        x="predicted_mean",
        y="observed_mean",
        size="customer_count",
        color="scored",
        labels={"predicted_mean": "predicted", "observed_mean": "happened", "scored": ""},
    )
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot"}, showlegend=False, hoverinfo="skip"
    )
    return _styled(figure)


def values(frame: pd.DataFrame, column: str, currency: str) -> go.Figure:
    """How many customers are worth how much."""
    figure = px.histogram(
        frame,
        x=column,
        color="persona_name",
        color_discrete_sequence=PERSONAS,
        nbins=60,
        labels={column: f"expected in twelve months, {currency}", "persona_name": ""},
    )
    figure.update_yaxes(title="customers")
    return _styled(figure)


def whales(frame: pd.DataFrame) -> go.Figure:
    """The share of revenue of the largest customers."""
    figure = px.bar(
        frame,
        x=frame["top_percent"].map("top {:g}%".format),
        y="net_revenue_share",
        text_auto=".0%",
        labels={"x": "", "net_revenue_share": "share of net revenue"},
    )
    figure.update_yaxes(tickformat=".0%")
    return _styled(figure)


def history(frame: pd.DataFrame, currency: str) -> go.Figure:
    """A customer's orders."""
    figure = px.bar(
        frame,
        x="order_date",
        y="net_revenue_amount",
        hover_name="order_id",
        labels={"order_date": "", "net_revenue_amount": currency},
    )
    figure.update_traces(width=86_400_000 * 2)
    return _styled(figure, 260)


def curve(frame: pd.DataFrame, currency: str) -> go.Figure:
    """What a customer is expected to bring, with the 80% interval."""
    figure = go.Figure()
    months = frame["horizon_end_date"]
    _add_interval(figure, months, frame["clv_lower_amount"], frame["clv_upper_amount"])
    figure.add_scatter(x=months, y=frame["clv_amount"], name="expected")
    figure.update_yaxes(title=currency)
    return _styled(figure, 260)
