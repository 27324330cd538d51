"""DMN 1.3 (OMG formal/21-02-01) XML of a policy, for other tools: one decision requirements graph of decision tables.

Facts are input data, tables are decisions, documents are knowledge sources; each rule's annotations name the row, its
document and page, and why. The same version gives the same bytes. How tables are translated: `dmn_tables`; what stands
between them: `dmn_chain`.
"""

import re
from collections.abc import Sequence

from backbeat.rulebook import Edition, SourceDocument
from backbeat.triage.policies import Policy
from backbeat.triage.policy.dmn_chain import chain
from backbeat.triage.policy.dmn_tables import DmnInput, DmnTable, translate
from backbeat.triage.policy.errors import ExportRefused
from backbeat.triage.policy.xml_text import attribute, content

__all__ = ["NAMESPACE", "export_dmn", "export_tables"]

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"
_KEYWORDS = frozenset(
    "and between date duration else every external false for function if in instance not null of or return satisfies"
    " some then time true".split()
)
_ABOUT = (
    "Facts are strings yes, no or unknown, words, or numbers; a fact that was not asked yet is null. A decision that is"
    " null is not decided yet: it never means no. Exported from backbeat; the policy itself is the edition with hash"
)


def export_dmn(policy: Policy) -> bytes:
    """A triage policy with all its tables, and the decision `owner` that combines them.

    Raises:
        ExportRefused: names that DMN cannot keep apart.
    """
    names = _table_names(policy.edition)
    return _write(policy.edition, [*_translated(policy.edition), *chain(policy, names.__getitem__)])


def export_tables(edition: Edition) -> bytes:
    """The tables of any edition, each a decision that stands by itself. Raises as `export_dmn`."""
    return _write(edition, _translated(edition))


def _translated(edition: Edition) -> list[DmnTable]:
    names = _table_names(edition)
    return [translate(table, names[table.id], _name) for table in edition.tables.values()]


def _table_names(edition: Edition) -> dict[str, str]:
    """The decision of each table. One called like a fact is told apart, else it would be taken for that fact."""
    facts = {_name(one.name) for table in edition.tables.values() for one in table.inputs}
    names = {id_: _name(id_) for id_ in edition.tables}
    return {id_: f"{name}_table" if name in facts else name for id_, name in names.items()}


def _name(text: str) -> str:
    """A name that FEEL cannot mistake for an expression or a word of its own."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", text)
    return f"{name}_" if name in _KEYWORDS or not re.match(r"[A-Za-z_]", name) else name


def _write(edition: Edition, decisions: Sequence[DmnTable]) -> bytes:
    names = {one.name for one in decisions}
    inputs: dict[str, DmnInput] = {}
    for decision in decisions:
        for one in decision.inputs:
            if one.name not in names:
                _add_input(inputs, one)
    _check_names(edition, decisions)
    title = attribute(edition.title)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<definitions xmlns="{NAMESPACE}" id="policy" name={title} namespace={attribute(f"urn:backbeat:{edition.id}")}'
        f' expressionLanguage="{FEEL}" typeLanguage="{FEEL}" exporter="backbeat">',
        f"  <description>{content(f'{_ABOUT} {edition.hash}.')}</description>",
    ]
    lines += [line for document in edition.documents.values() for line in _knowledge_source(document)]
    lines += [line for one in sorted(inputs.values(), key=lambda one: one.name) for line in _input_data(one)]
    lines += [line for decision in decisions for line in _decision(decision, names)]
    return ("\n".join([*lines, "</definitions>"]) + "\n").encode()


def _add_input(inputs: dict[str, DmnInput], one: DmnInput) -> None:
    """Two tables may ask for one fact with other values or another question; the data takes what both take."""
    there = inputs.setdefault(one.name, one)
    if there.type_ref != one.type_ref:
        inputs[one.name] = DmnInput(one.name, there.label, "Any")
    elif there.label == there.name:
        inputs[one.name] = one


def _check_names(edition: Edition, decisions: Sequence[DmnTable]) -> None:
    names = [decision.name for decision in decisions]
    faults = [f"Two decisions would be called {name}." for name in sorted({n for n in names if names.count(n) > 1})]
    for table in edition.tables.values():
        if len({_name(one.name) for one in table.inputs}) < len(table.inputs):
            faults.append(f"Two facts of the table {table.id} would have one name.")
    if faults:
        raise ExportRefused.of(
            faults, where=f"policy {edition.id}", do="rename the table or the fact, then export again"
        )


def _knowledge_source(document: SourceDocument) -> list[str]:
    title = f"{document.title}, {document.date.isoformat()}"
    return [
        f"  <knowledgeSource id={attribute(_id('source', document.id))} name={attribute(title)}>",
        f"    <description>{content(document.citation)}</description>",
        "  </knowledgeSource>",
    ]


def _input_data(one: DmnInput) -> list[str]:
    return [
        f'  <inputData id="{_id("input", one.name)}" name="{one.name}" label={attribute(one.label)}>',
        f'    <variable id="{_id("fact", one.name)}" name="{one.name}" typeRef="{one.type_ref}"/>',
        "  </inputData>",
    ]


def _decision(table: DmnTable, names: set[str]) -> list[str]:
    single = table.outputs[0].type_ref if len(table.outputs) == 1 and table.hit != "COLLECT" else "Any"
    lines = [
        f'  <decision id="{_id("decision", table.name)}" name="{table.name}" label={attribute(table.title)}>',
        f"    <question>{content(table.title)}</question>",
        f'    <variable id="{_id("result", table.name)}" name="{table.name}" typeRef="{single}"/>',
    ]
    for name in dict.fromkeys(one.name for one in table.inputs):
        kind, id_ = ("Decision", _id("decision", name)) if name in names else ("Input", _id("input", name))
        lines.append(f'    <informationRequirement><required{kind} href="#{id_}"/></informationRequirement>')
    for document in table.documents:
        href = attribute("#" + _id("source", document))
        lines.append(f"    <authorityRequirement><requiredAuthority href={href}/></authorityRequirement>")
    return [*lines, *_decision_table(table), "  </decision>"]


def _decision_table(table: DmnTable) -> list[str]:
    lines = [f'    <decisionTable hitPolicy="{table.hit}" preferredOrientation="Rule-as-Row">']
    for one in table.inputs:
        expression = f"{one.name}.{one.path}" if one.path else one.name
        values = f"<inputValues><text>{content(', '.join(one.values))}</text></inputValues>" if one.values else ""
        text = f'<inputExpression typeRef="{one.type_ref}"><text>{content(expression)}</text></inputExpression>'
        lines.append(f"      <input label={attribute(one.label)}>{text}{values}</input>")
    for output in table.outputs:
        lines.append(f'      <output name="{output.name}" typeRef="{output.type_ref}"/>')
    lines += [f'      <annotation name="{name}"/>' for name in ("row", "source", "why")]
    for rule in table.rules:
        lines.append("      <rule>")
        lines += [f"        <inputEntry><text>{content(test)}</text></inputEntry>" for test in rule.tests]
        lines += [f"        <outputEntry><text>{content(text)}</text></outputEntry>" for text in rule.outputs]
        lines += [
            f"        <annotationEntry><text>{content(text)}</text></annotationEntry>"
            for text in (rule.row, rule.source, rule.why)
        ]
        lines.append("      </rule>")
    return [*lines, "    </decisionTable>"]


def _id(kind: str, name: str) -> str:
    return f"{kind}_{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}"
