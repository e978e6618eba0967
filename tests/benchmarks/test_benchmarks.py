from pathlib import Path

from benchmarks import turn_peers, turns
from benchmarks.report import AIMS, COMPARED, SINGLE, joined, page, summary, tables


async def test_the_peers_run_the_statements_of_a_real_turn(tmp_path: Path) -> None:
    """A recorded turn is what the page says: nine statements, and three more for a question with buttons."""
    recorded = await turn_peers.record(tmp_path, 1)
    assert len(recorded) == turns.QUESTIONS
    wanted = [
        "FROM spaces",
        "INSERT INTO inbox",
        "FROM identities",
        "FROM identities",
        "FROM conversations",
        "FROM outbox",
        "FROM outbox",
        "UPDATE conversations",
        "INSERT INTO outbox",
    ]
    settled = [*wanted[:-1], "FROM outbox", "UPDATE outbox", "INSERT INTO outbox", "INSERT INTO outbox"]
    [first], *others = recorded
    for turn, words in ((first, wanted), *((other, settled) for [other] in others)):
        assert len(turn) == len(words)
        assert all(word in statement.sql for statement, word in zip(turn, words, strict=True))


def test_rounds_become_a_page() -> None:
    """What rounds give fills the figures, the aims and the page (`make lint` measures such a round)."""
    rounds = [
        {
            **{f"{key}.{side}": 2.0 + number for key in COMPARED for side in ("ours", "peer")},
            **dict.fromkeys(("idle", *SINGLE), 1.0 + number),
        }
        for number in range(3)
    ]
    results = summary(rounds)
    assert results["figures"]["create.full"]["ours"] == {"median": 3.0, "least": 2.0, "most": 4.0}
    assert set(results["figures"]) == {*COMPARED, *SINGLE}
    assert [judged["aim"] for judged in results["aims"]] == [aim.words for aim in AIMS]
    assert all(figure["ours"]["median"] > 0 for figure in results["figures"].values())
    assert all({"median", "least", "most"} == set(f["ours"]) for f in results["figures"].values())
    written = page(results)
    assert tables(results) in written
    assert all(aim.words in written for aim in AIMS)
    assert "{" not in written
    later = {f"ack.{many}.{side}": 7.0 for many in ("one", "many") for side in ("ours", "peer")}
    joint = joined(results, "slack", [later, later])
    assert joint["figures"]["ack.one"]["ratio"]["median"] == 1.0
    assert joint["figures"]["create.full"] == results["figures"]["create.full"]
    assert "The figures of Slack were taken apart from the others, in 2 rounds" in page(joint)
