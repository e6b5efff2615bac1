"""Which columns are personal, by name, type and YAML."""

from __future__ import annotations

import pytest

from apps.profile.catalogue import Column, Relation, find_relations, is_source
from apps.profile.declared import declared
from apps.profile.personal import is_personal_name, why_personal
from warehouse.errors import UsageError


def column(name: str, base_type: str = "text") -> Column:
    return Column(name, base_type, base_type, "")


@pytest.mark.parametrize(
    "name",
    [
        *("email", "E-Mail", "customer_email", "phone", "billing_phone_number", "fax", "mobile"),
        *("name", "customer_name", "first_name", "lastName", "FullName", "Contact Name", "surname"),
        *("address", "ip_address", "shipping_address_line_1", "street", "postcode", "zip"),
        *("customer_zip_code_prefix", "postal_code", "date_of_birth", "birth_date", "birthdate"),
        *(
            "review_text",
            "review_title",
            "review_comment_message",
            "notes",
            "order note",
            "body",
            "iban",
        ),
    ],
)
def test_personal_names(name: str) -> None:
    assert is_personal_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("product_name", "source_name", "plan_name", "persona_name", "model_name", "city"),
        *("customer_id", "country", "category", "order_count", "zipper", "channel", "telescope"),
        *("currency", "context", "emailed_at", "_source_file", "order_date", "title"),
    ],
)
def test_other_names(name: str) -> None:
    assert not is_personal_name(name)


@pytest.mark.parametrize(
    ("found", "is_personal"),
    [
        (column("email"), True),
        (column("phone", "int8"), True),
        (column("zip", "int4"), True),
        (column("notes", "jsonb"), True),
        (column("email_count", "int4"), False),
        (column("note_length", "int4"), False),
        (column("has_email", "bool"), False),
        (column("email_hash"), True),
    ],
)
def test_counts_and_flags_about_personal_data_are_none(found: Column, is_personal: bool) -> None:
    assert (why_personal(found, {}) is not None) is is_personal


def test_the_yaml_has_the_last_word() -> None:
    assert why_personal(column("shoe_size"), {"shoe_size": True}) == "marked pii in its YAML"
    assert why_personal(column("email"), {"email": False}) is None


TABLE = Relation("marts", "people", "table", "")
MANIFEST = {
    "nodes": {
        "model.clientele.people": {
            "resource_type": "model",
            "unique_id": "model.clientele.people",
            "schema": "marts",
            "alias": "people",
            "columns": {
                "shoe": {"config": {"meta": {"pii": True}}},
                "email": {"meta": {"pii": False}},
                "id": {"meta": {}},
            },
        },
        "test.1": {
            "resource_type": "test",
            "attached_node": "model.clientele.people",
            "test_metadata": {"name": "unique", "kwargs": {"column_name": "id"}},
        },
        "test.2": {
            "resource_type": "test",
            "attached_node": "model.clientele.people",
            "test_metadata": {
                "name": "unique_combination_of_columns",
                "kwargs": {"combination_of_columns": ["a", "b"]},
            },
        },
        "test.3": {
            "resource_type": "test",
            "attached_node": "model.clientele.people",
            "config": {"where": "a > 0"},
            "test_metadata": {"name": "unique", "kwargs": {"column_name": "a"}},
        },
        "test.5": {
            "resource_type": "test",
            "attached_node": "model.clientele.people",
            "test_metadata": {
                "name": "primary_key",
                "kwargs": {"column_names": ["b", "c"]},
            },
        },
        "test.6": {
            "resource_type": "test",
            "attached_node": "model.clientele.people",
            "test_metadata": {"name": "primary_key", "kwargs": {"column_name": "d"}},
        },
        "test.4": {
            "resource_type": "test",
            "attached_node": "model.clientele.other",
            "test_metadata": {"name": "unique", "kwargs": {"column_name": "b"}},
        },
    },
    "sources": {
        "source.clientele.shop.orders": {
            "unique_id": "source.clientele.shop.orders",
            "schema": "raw",
            "identifier": "shop__orders",
            "columns": {"who": {"config": {"meta": {"pii": True}}}},
        }
    },
}


def test_keys_and_marks_come_from_the_manifest() -> None:
    found = declared(MANIFEST, TABLE)
    assert found.keys == [("id",), ("a", "b"), ("b", "c"), ("d",)]
    assert found.pii == {"shoe": True, "email": False}
    raw = Relation("raw", "shop__orders", "table", "")
    assert declared(MANIFEST, raw).pii == {"who": True}
    assert declared({}, TABLE).keys == []


RELATIONS = [
    Relation("marts", "customer_360", "table", ""),
    Relation("marts", "orders", "table", ""),
    Relation("raw", "orders", "table", ""),
    Relation("odd", "a.b c", "table", ""),
    Relation("staging", "stg_shop__orders", "view", ""),
    Relation("staging", "stg_shop__customers", "view", ""),
    Relation("staging", "stg_online_retail__lines", "view", ""),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("marts.customer_360", ["marts.customer_360"]),
        ("customer_360", ["marts.customer_360"]),
        ("raw.orders", ["raw.orders"]),
        ("a.b c", ["odd.a.b c"]),
        ("odd.a.b c", ["odd.a.b c"]),
        ("shop", ["staging.stg_shop__orders", "staging.stg_shop__customers"]),
        ("online_retail", ["staging.stg_online_retail__lines"]),
    ],
)
def test_tables_and_sources_are_found(wanted: str, found: list[str]) -> None:
    assert [relation.full_name for relation in find_relations(RELATIONS, wanted)] == found
    assert is_source(RELATIONS, wanted) is (wanted in ("shop", "online_retail"))


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("orders", "in several schemas: say which of marts.orders, raw.orders"),
        ("custmer_360", r"did you mean .*customer_360"),
        ("MARTS.CUSTOMER_360", r"did you mean marts\.customer_360"),
        ("online_retial", r"did you mean online_retail"),
        ("zzzz", "sources with staged tables are online_retail, shop"),
    ],
)
def test_what_is_not_found_is_one_line_with_advice(wanted: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        find_relations(RELATIONS, wanted)
    assert "\n" not in caught.value.message


def test_an_empty_warehouse_says_so() -> None:
    with pytest.raises(UsageError, match="the warehouse is empty"):
        find_relations([], "customer_360")
