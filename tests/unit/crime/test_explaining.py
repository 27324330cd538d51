"""An explanation says the answer, the row with its page, the facts it stands on; while open, what may still apply."""

from crime_facts import decided, facts_of, nodes_of

from backbeat.crime.explaining import tell
from backbeat.rulebook import Node

ASSAULT = {
    **{"intended_serious_harm": "no", "victim_role": "other", "strangled": "no"},
    **{"racially_or_religiously_aggravated": "no", "injury": "minor"},
}


def explained(**facts: str) -> list[Node]:
    allegation = {"id": "a1", "act": "assault", "victims": ["v1"], "offenders": ["o1"], "facts": facts}
    return list(nodes_of(decided(facts_of([allegation])).explanation))


def test_a_decided_table_names_answer_row_page_and_facts() -> None:
    node = next(one for one in explained(**ASSAULT) if "008/06 8N" in one.text)

    assert (node.document, node.page) == ("rules", "43")
    assert "injury: minor" in [child.text for child in node.children]


def test_an_open_table_says_what_may_still_apply_and_asks() -> None:
    node = next(one for one in explained() if "cannot be said yet" in one.text)
    texts = [child.text for child in node.children]

    assert any(text.startswith("may still apply: ") for text in texts)
    assert any(text.startswith("asks for ") and "injury" in text for text in texts)
    assert all(child.page for child in node.children if child.text.startswith("may still apply"))


def test_a_long_list_of_what_may_apply_is_cut_and_says_so() -> None:
    allegation = {"id": "a1", "act": "vehicle", "victims": ["v1"]}
    nodes = nodes_of(decided(facts_of([allegation])).explanation)
    node = next(one for one in nodes if "cannot be said yet" in one.text)

    assert len([child for child in node.children if child.text.startswith("may still apply")]) == 12
    assert any(child.text.endswith("more rules") for child in node.children)


def test_a_sentence_stays_what_it_is() -> None:
    node = Node("Named as 8N 008/06")

    assert tell(node) is node
