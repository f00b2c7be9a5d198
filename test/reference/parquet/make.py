"""Parquet files as data frames write them: every column may be missing, in pages of either version, with dictionaries and without.

pip install pyarrow==25.0.1; python make.py, in this folder. ../parquet.spec.ts knows the rows.
"""

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 300

for page in ("1.0", "2.0"):
    for whole in (True, False):
        for dictionary in (True, False):
            missing = [not whole and i % 7 == 3 for i in range(ROWS)]
            values = {
                "size": pa.array([i * 0.5 - 3 for i in range(ROWS)], pa.float64(), mask=missing),
                "share": pa.array([i / 8 for i in range(ROWS)], pa.float32(), mask=missing),
                "count": pa.array([i * 3 for i in range(ROWS)], pa.int64(), mask=missing),
                "rank": pa.array([i % 11 for i in range(ROWS)], pa.int32(), mask=missing),
                "same": pa.array([7.5] * ROWS, pa.float64(), mask=missing),
                "side": pa.array([["left", "right"][i % 2] for i in range(ROWS)], mask=missing),
                "member": pa.array([i % 3 == 0 for i in range(ROWS)], mask=missing),
            }
            name = f"pages-{page[0]}-{'whole' if whole else 'missing'}-{'dictionary' if dictionary else 'plain'}"
            pq.write_table(
                pa.table(values),
                f"{name}.parquet",
                data_page_version=page,
                use_dictionary=dictionary,
                # Several row groups and several pages.
                row_group_size=200,
                data_page_size=256,
                write_batch_size=64,
            )
