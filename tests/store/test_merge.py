from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import StoreError
from harness.store.manifest import Manifest
from harness.store.merge import absent_shards, merge_runs, merged_samples
from harness.store.records import SampleRecord
from harness.store.run import RunDirectory
from tests.store.test_run import MANIFEST, SUMMARY
from tests.store.test_samples import RECORD

TASK = SUMMARY.ref


def run_of(root: Path, second: int, records: list[SampleRecord], manifest: Manifest = MANIFEST) -> RunDirectory:
    manifest = replace(manifest, created=f"2025-11-22T03:13:{second:02d}+00:00", totals={"requests": len(records)})
    run = RunDirectory.create(root, manifest)
    with run.sample_writer(TASK) as writer:
        for record in records:
            writer.write(record)
    return run


def sample(name: str, reply: str = "", status: str = "ok", **changes: object) -> SampleRecord:
    return replace(RECORD, sample_id=name, reply=reply, status=status, **changes)  # type: ignore[arg-type]


def test_shards_together_are_the_whole(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, n, [sample(str(i)) for i in range(n, 10, 3)]) for n in range(3)]
    manifest = merge_runs(runs)
    assert sorted(r.sample_id for r in merged_samples(runs, TASK)) == [str(i) for i in range(10)]
    assert manifest.status == "running"
    assert manifest.tasks == (SUMMARY,)
    assert manifest.totals == {"requests": 10}
    assert manifest.merged_from == tuple(run.path.name for run in runs)


def merged(root: Path, *runs: RunDirectory) -> RunDirectory:
    """Merge as the library does: manifest, then samples."""
    run = RunDirectory.create(root, merge_runs(runs))
    with run.sample_writer(TASK) as writer:
        for record in merged_samples(runs, TASK):
            writer.write(record)
    return run


def test_the_order_of_merging_is_no_matter(tmp_path: Path) -> None:
    one, two, three = (
        run_of(tmp_path, n, [sample(str(n))], replace(MANIFEST, shards=(f"{n}/3",), notes=(f"note {n % 2}",)))
        for n in (1, 2, 3)
    )
    half = merged(tmp_path, one, two)
    assert half.manifest.shards == ("1/3", "2/3")
    assert half.manifest.notes == ("note 1", "note 0", "shards not merged yet: 3/3")
    ways = [
        merged(tmp_path, half, three),
        merged(tmp_path, one, merged(tmp_path, three, two)),
        merged(tmp_path, three, two, one),
        merged(tmp_path, half, merged(tmp_path, two, three)),
    ]
    for run in ways:
        known = run.manifest
        assert known.shards == ("1/3", "2/3", "3/3")
        assert absent_shards(known.shards) == []
        assert set(known.notes) == {"note 0", "note 1"}
        assert known.totals == {"requests": 3}
        assert known.merged_from == (one.path.name, two.path.name, three.path.name)
        assert known.options == ways[0].manifest.options
        assert sorted(record.sample_id for record in run.samples()) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("shards", "absent"),
    [
        (["1/1"], []),
        (["1/3", "3/3"], ["2/3"]),
        (["10/12", *(f"{i}/12" for i in range(1, 9))], ["9/12", "11/12", "12/12"]),
        (["1/1", "1/3"], []),  # the whole, and a repair of a part
        (["1/2", "1/3"], ["2/2"]),
        ([], []),
    ],
)
def test_absent_shards(shards: list[str], absent: list[str]) -> None:
    assert absent_shards(shards) == absent


def test_scored_wins_over_unscored_and_later_over_earlier(tmp_path: Path) -> None:
    late = run_of(tmp_path, 9, [sample("a", "late"), sample("b", status="error"), sample("c", status="timeout")])
    early = run_of(tmp_path, 1, [sample("a", "early"), sample("b", "early"), sample("c", status="error")])
    merged = {r.sample_id: (r.reply, r.status) for r in merged_samples([late, early], TASK)}
    assert merged == {"a": ("late", "ok"), "b": ("early", "ok"), "c": ("", "timeout")}


def test_repeats_subsets_and_formulations_are_different_samples(tmp_path: Path) -> None:
    records = [sample("a"), sample("a", repeat=1), sample("a", subset="virology"), sample("a", formulation="cf")]
    runs = [run_of(tmp_path, 1, records[:2]), run_of(tmp_path, 2, records[1:])]
    assert len(list(merged_samples(runs, TASK))) == 4


def test_a_run_merged_with_itself_is_itself(tmp_path: Path) -> None:
    run = run_of(tmp_path, 1, [sample("a"), sample("b")])
    assert list(merged_samples([run, run], TASK)) == list(run.samples())


def test_data_of_a_subset_may_come_from_another_run(tmp_path: Path) -> None:
    more = replace(
        SUMMARY, subsets=("virology",), sizes={"virology": 166}, asked={"virology": 5}, missing={"anatomy": "no data"}
    )
    runs = [run_of(tmp_path, 1, []), run_of(tmp_path, 2, [], replace(MANIFEST, tasks=(more,)))]
    (task,) = merge_runs(runs).tasks
    assert (task.subsets, task.missing) == (("anatomy", "virology"), {})
    assert task.sizes == {"anatomy": 135, "virology": 166}
    assert task.asked == {"anatomy": 135, "virology": 5}


@pytest.mark.parametrize(("part", "what"), [("data", "its data"), ("ask", "its prompts"), ("score", "its scoring")])
def test_other_cards_do_not_merge(tmp_path: Path, part: str, what: str) -> None:
    other = replace(SUMMARY, hashes={**SUMMARY.hashes, part: "another"})
    runs = [run_of(tmp_path, 1, []), run_of(tmp_path, 2, [], replace(MANIFEST, tasks=(other,)))]
    with pytest.raises(StoreError, match=f"the card of mmlu@olmes differs in {what}"):
        merge_runs(runs)


def test_other_models_do_not_merge(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, 1, []), run_of(tmp_path, 2, [], replace(MANIFEST, identity="cd" * 32, model="other"))]
    with pytest.raises(StoreError, match=r"different models or settings \(org/model and other\)"):
        merge_runs(runs)


def test_changed_data_does_not_merge(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, 1, [sample("a")]), run_of(tmp_path, 2, [sample("a", fingerprint="another")])]
    with pytest.raises(StoreError, match="the data of sample 'a' of mmlu@olmes differs"):
        list(merged_samples(runs, TASK))
