"""Every way the open facts may turn out: all of them where they are few, and a bounded number where they are many."""

import pytest

from backbeat.crime.supposing import Key, every_way


def _asks(count, *, only_after_yes=False):
    def run(suppose):
        answers = []
        for number in range(count):
            answers.append(suppose.suppose(Key("report", f"fact_{number}")))
            if only_after_yes and not answers[-1]:
                break
        return tuple(answers)

    return run


@pytest.mark.parametrize(
    ("run", "most", "ways", "complete"),
    [
        (_asks(0), 8, 1, True),
        (_asks(3), 8, 8, True),  # exactly as many as may be tried
        (_asks(4), 8, 8, False),
        (_asks(4, only_after_yes=True), 8, 5, True),  # a fact nobody asks for makes no way
    ],
)
def test_ways_are_all_or_said_not_to_be(run, most, ways, complete):
    leaves, all_of_them = every_way(run, most)
    assert len(leaves) == ways
    assert all_of_them is complete
    assert len({tuple(leaf.supposed.items()) for leaf in leaves}) == ways
    assert leaves[0].result == (False,) * len(leaves[0].result)  # the first supposes only noes


def test_many_open_facts_are_not_kept_in_every_combination():
    # Each way asks for 2,000 facts: what is still to be tried must not grow with that.
    leaves, complete = every_way(_asks(2000), 32)
    assert (len(leaves), complete) == (32, False)
