select
    customer_id,
    segment_id,
    pca_1,
    pca_2,
    tsne_1,
    tsne_2,
    source_name,
    as_of_date,
    model_version,
    run_id
from {{ source('ml', 'segment_coordinates') }}
