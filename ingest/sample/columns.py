"""Names of the files and their columns, once."""

CUSTOMERS, PRODUCTS, ORDERS = "customers.csv", "products.csv", "orders.csv"
ORDER_ITEMS, RETURNS = "order_items.csv", "returns.csv"

FILE_COLUMNS: dict[str, tuple[str, ...]] = {
    CUSTOMERS: (
        "customer_id",
        "full_name",
        "email",
        "country",
        "acquisition_channel",
        "signed_up_at",
    ),
    PRODUCTS: ("product_id", "product_name", "category", "list_price", "unit_cost"),
    ORDERS: (
        "order_id",
        "customer_id",
        "ordered_at",
        "channel",
        "currency",
        "discount_amount",
        "shipping_amount",
        "status",
    ),
    ORDER_ITEMS: (
        "order_id",
        "line_number",
        "product_id",
        "quantity",
        "unit_price",
        "discount_amount",
    ),
    RETURNS: (
        "return_id",
        "order_id",
        "line_number",
        "product_id",
        "quantity",
        "returned_at",
        "refund_amount",
        "reason",
    ),
}

TRUTH_CUSTOMERS, DIRTY_ROWS = "truth/customers.csv", "truth/dirty_rows.csv"
SUMMARY = "truth/summary.json"
DIRTY_COLUMNS = ("file", "row_number", "column", "kind", "outcome", "expected")
TRUTH_CUSTOMER_COLUMNS = (
    "customer_id",
    "acquisition_channel",
    "country",
    "customer_class",
    "born_at",
    "purchase_rate_per_day",
    "dropout_rate_per_day",
    "died_at",
    "price_sensitivity",
    "favourite_category",
    "spend_scale",
)
