"""Arrays made of buffers equal those that pyarrow makes of the same lists."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.store.arrow import array
from harness.store.samples import arrow_schema


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """What a column of this type may hold."""
    if pa.types.is_list(kind):
        return st.lists(values_of(kind.value_type), max_size=4)
    if pa.types.is_map(kind):
        return st.dictionaries(st.text(max_size=4), values_of(kind.item_type), max_size=3)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        pa.string(): st.text(),
        pa.int32(): st.integers(-(2**31), 2**31 - 1),
        pa.float64(): st.floats(allow_nan=False),
        pa.bool_(): st.booleans(),
    }
    return st.none() | plain[kind]


@pytest.mark.parametrize("kind", dict.fromkeys(field.type for field in arrow_schema()), ids=str)
@settings(deadline=None, max_examples=40)  # pyarrow imports pandas with its first list
@given(data=st.data())
def test_equals_what_pyarrow_makes(kind: Any, data: st.DataObject) -> None:
    values = data.draw(st.lists(values_of(kind), max_size=20))
    made = array(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array([list(v.items()) if isinstance(v, dict) else v for v in values], kind))


def test_lone_surrogates_are_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        array(["\ud800"], pa.string())


def test_writing_samples_does_not_import_pandas() -> None:
    code = (
        "import sys, pyarrow as pa, pyarrow.parquet\n"
        "from harness.store.arrow import array\n"
        "from harness.store.samples import arrow_schema\n"
        "table = pa.Table.from_arrays([array([], f.type) for f in arrow_schema()], schema=arrow_schema())\n"
        "pyarrow.parquet.write_table(table, pa.BufferOutputStream())\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
