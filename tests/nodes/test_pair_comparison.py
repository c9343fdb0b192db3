"""What two hubs say of pairs and documents is met where both counted the same, as planned."""

from nodes.pair_comparison import PairResult, TwoHubsResult, WayResult
from nodes.two_hubs_table import pair_rows, told

COUNTS = {"addressed": 2, "handled": 1, "pending": 0, "refused": 1, "withdrawn": 0, "signed": 1}
SHOWN = {"manifest_sha256": "ab" * 32, "indication": "TOTAL-PASSED", "signed_by": "both"}
SHOWN |= {"statuses": {"000.00.00.G12": ["01", "03"]}}


def pair(national=COUNTS, province=COUNTS):
    return PairResult("000.00.00.H43", "000.00.00.G12", (2, 1), national, province)


def way(province=SHOWN):
    return WayResult("000.00.00.H43", "1/UBND-VX", ("000.00.00.G12",), SHOWN, province)


def test_a_pair_is_met_where_both_hubs_count_what_was_planned():
    assert pair().met
    assert not pair(province=COUNTS | {"handled": 2}).met
    both = COUNTS | {"addressed": 3}
    assert not pair(both, both).met, "another number than planned, though the same at both"


def test_a_document_is_met_where_both_hubs_show_the_same_and_else_it_is_named():
    good = TwoHubsResult((pair(),), (way(),))
    assert good.met
    assert pair_rows(good)[0][-1] == "met"
    assert not any("MISSED" in line for line in told(good))
    for differing in ({}, SHOWN | {"indication": None}, SHOWN | {"statuses": {}}):
        bad = TwoHubsResult((pair(),), (way(differing),))
        assert not bad.met
        assert "MISSED 000.00.00.H43 1/UBND-VX" in told(bad)
        assert bad.told()["differing"] == ["000.00.00.H43 1/UBND-VX"]
