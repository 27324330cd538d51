"""A small DMN engine for the tests: reads decision tables of DMN 1.3 and evaluates them by FEEL's own rules.

Written from the specification, not from the exporter: tables with input and output entries, hit policies UNIQUE, FIRST
and COLLECT, unary tests (7.3, 10.3.1.2) over strings, numbers, dates, durations and null, comparison of two types is
null and never true, `not` of null is null. Anything else in a cell is an error.
"""

import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from functools import cache

MODEL = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
_SPLIT = re.compile(r'("(?:[^"\\]|\\.)*")|([(\[])|([)\]])|(,)')
_RANGE = re.compile(r"\[(.+)\.\.(.+)\]")


class Decisions:
    """The decisions of one model."""

    def __init__(self, xml: bytes) -> None:
        root = ET.fromstring(xml)
        self.root = root
        self.inputs = {node.get("name") for node in root.iter(f"{MODEL}inputData")}
        ids = {f"#{node.get('id')}": node.get("name") for node in root}
        self.needs, self.tables = {}, {}
        for node in root.iter(f"{MODEL}decision"):
            name = node.get("name")
            self.needs[name] = [ids[one[0].get("href")] for one in node.iter(f"{MODEL}informationRequirement")]
            self.tables[name] = _Table(node.find(f"{MODEL}decisionTable"))

    def decide(self, name: str, facts: dict):
        """The value of a decision; facts that are left out are null."""
        return self._decide(name, facts, {})

    def _decide(self, name: str, facts: dict, made: dict):
        if name not in made:
            scope = {
                one: facts.get(one) if one in self.inputs else self._decide(one, facts, made)
                for one in self.needs[name]
            }
            made[name] = self.tables[name].decide(scope)
        return made[name]


class _Table:
    def __init__(self, node) -> None:
        self.hit = node.get("hitPolicy")
        self.inputs = [one.findtext(f"{MODEL}inputExpression/{MODEL}text") for one in node.iter(f"{MODEL}input")]
        self.outputs = [one.get("name") for one in node.iter(f"{MODEL}output")]
        self.rules = [
            (
                [one.findtext(f"{MODEL}text") for one in rule.iter(f"{MODEL}inputEntry")],
                [one.findtext(f"{MODEL}text") for one in rule.iter(f"{MODEL}outputEntry")],
            )
            for rule in node.iter(f"{MODEL}rule")
        ]
        assert all(len(t) == len(self.inputs) and len(o) == len(self.outputs) for t, o in self.rules)

    def decide(self, scope: dict):
        values = [evaluate(text, scope) for text in self.inputs]
        hits = [
            outputs
            for tests, outputs in self.rules
            if all(meets(test, value, scope) for test, value in zip(tests, values, strict=True))
        ]
        if self.hit == "COLLECT":
            return [self._value(one, scope) for one in hits]
        if self.hit == "UNIQUE":
            return self._value(hits[0], scope) if len(hits) == 1 else None
        assert self.hit == "FIRST"
        return self._value(hits[0], scope) if hits else None

    def _value(self, outputs: list, scope: dict):
        made = [evaluate(text, scope) for text in outputs]
        return made[0] if len(made) == 1 else dict(zip(self.outputs, made, strict=True))


def meets(test: str, value, scope: dict) -> bool:
    """Whether a value meets unary tests."""
    if test == "-":
        return True
    if test.startswith("not(") and test.endswith(")"):
        return _either(test[4:-1], value, scope) is False
    return _either(test, value, scope) is True


def _either(tests: str, value, scope: dict):
    found = [_one(test, value, scope) for test in _parts(tests)]
    return True if True in found else None if None in found else False


def _one(test: str, value, scope: dict):
    if ends := _RANGE.fullmatch(test):
        low, high = (evaluate(end, scope) for end in ends.groups())
        above, below = _compare(">=", value, low), _compare("<=", value, high)
        return False if False in (above, below) else None if None in (above, below) else True
    for sign in (">=", "<=", ">", "<"):
        if test.startswith(sign):
            return _compare(sign, value, evaluate(test[len(sign) :].strip(), scope))
    other = evaluate(test, scope)
    if value is None or other is None:
        return value is other
    return value == other if type(value) is type(other) else None


def _compare(sign: str, one, other):
    if one is None or other is None or type(one) is not type(other):
        return None
    return {">=": one >= other, "<=": one <= other, ">": one > other, "<": one < other}[sign]


def evaluate(text: str, scope: dict):
    """A literal, a name, or a path of two names."""
    if text.startswith('"'):
        assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', text), text
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text[1:-1])
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if text == "null":
        return None
    if found := re.fullmatch(r'date\("(.*)"\)', text):
        return date.fromisoformat(found[1])
    if found := re.fullmatch(r'duration\("PT(\d+)S"\)', text):
        return timedelta(seconds=int(found[1]))
    assert re.fullmatch(r"\w+(\.\w+)?", text), text
    name, _, path = text.partition(".")
    value = scope[name]
    return value if not path or value is None else value[path]


@cache
def _parts(tests: str) -> tuple[str, ...]:
    """Split at the commas outside strings and brackets."""
    parts, depth, start = [], 0, 0
    for found in _SPLIT.finditer(tests):
        depth += bool(found[2]) - bool(found[3])
        if found[4] and not depth:
            parts.append(tests[start : found.start()].strip())
            start = found.end()
    return (*parts, tests[start:].strip())
