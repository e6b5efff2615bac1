{#
    Customers to work out anew, with the first day of whom or which anything may be otherwise than
    before. Empty when everything is built.
#}
with

orders as (

    select
        order_id,
        customer_id,
        order_date
    from {{ ref('int_sales__orders') }}
    where order_id in (select order_id from {{ ref('int_changes__orders') }})

),

returned as (

    select
        linked.customer_id,
        cast(reported_returns.returned_at as date) as return_date
    from {{ ref('int_conformed__returns') }} as reported_returns
    inner join {{ ref('int_identity__customers') }} as linked
        on reported_returns.account_id = linked.account_id
    where reported_returns.return_id in (select return_id from {{ ref('int_changes__returns') }})

),

reviews as (

    -- One that says the same as before, as of the same customer and day, changes nothing.
    select
        linked.customer_id,
        cast(reviews.reviewed_at as date) as review_date,
        changed.old_customer_id,
        changed.old_review_date
    from {{ ref('int_changes__reviews') }} as changed
    left join {{ ref('int_conformed__reviews') }} as reviews
        on changed.review_id = reviews.review_id
    left join {{ ref('int_identity__customers') }} as linked
        on reviews.account_id = linked.account_id
    where
        linked.customer_id is distinct from changed.old_customer_id
        or cast(reviews.reviewed_at as date) is distinct from changed.old_review_date
        or reviews.rating is distinct from changed.old_rating

),

touched as (

    select
        customer_id,
        order_date as changed_date
    from orders
    union all
    select
        old_customer_id as customer_id,
        old_order_date as changed_date
    from {{ ref('int_changes__orders') }}
    union all
    select
        customer_id,
        order_date as changed_date
    from {{ ref('int_changes__passed_orders') }}
    union all
    select
        customer_id,
        return_date as changed_date
    from returned
    union all
    select
        old_customer_id as customer_id,
        old_return_date as changed_date
    from {{ ref('int_changes__returns') }}
    union all
    select
        customer_id,
        review_date as changed_date
    from reviews
    union all
    select
        old_customer_id as customer_id,
        old_review_date as changed_date
    from reviews
    union all
    select
        customer_id,
        cast(null as date) as changed_date
    from {{ ref('int_changes__accounts') }}
    union all
    select
        old_customer_id as customer_id,
        cast(null as date) as changed_date
    from {{ ref('int_changes__accounts') }}

)

select
    customer_id,
    -- Null: something about the customer itself, no order, return or review.
    min(changed_date) as changed_since_date
from touched
where customer_id is not null
group by customer_id
