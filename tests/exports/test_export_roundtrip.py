"""What the sample writes, the profile "sample" reads back to the last value."""

import pandas as pd
import pytest

from salesinsight.exports import check_export, read_export
from salesinsight.sample import make_sample, write_sample


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_written_sample_reads_back_the_same(tmp_path, language):
    made = make_sample(n_deals=12, language=language)
    write_sample(made, tmp_path)
    read = read_export(tmp_path)
    assert len(read.rejects) == 0
    for name in ("turns", "conversations", "people", "attendance", "deals", "events"):
        pd.testing.assert_frame_equal(getattr(read, name), getattr(made, name).reset_index(drop=True))
    assert (read.language, read.watermark) == (language, made.watermark)
    assert read.stages == made.stages
    assert check_export(tmp_path).available == {
        "text",
        "roles",
        "timestamps",
        "crm",
        "history",
        "people",
        "notes",
    }
