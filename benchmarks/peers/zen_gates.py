"""The peer: zen-engine (GoRules) with the gates of the triage policy as one decision graph. An environment of its own.

    python zen_gates.py TABLES.json CASES.json

`TABLES.json`: tables with inputs, outputs and rows of cells as text. `CASES.json`: complete facts, one object a case.
Prints JSON: milliseconds of each case, and the `response` of every table in each case.
"""

import json
import sys
import time
from pathlib import Path

import zen


def main(tables_path: str, cases_path: str) -> None:
    tables = json.loads(Path(tables_path).read_text())
    cases = json.loads(Path(cases_path).read_text())
    decision = zen.ZenEngine().create_decision(json.dumps(graph(tables)))
    for case in cases[:200]:
        decision.evaluate(case)
    spent, said = [], []
    for case in cases:
        began = time.process_time()
        result = decision.evaluate(case)["result"]
        spent.append((time.process_time() - began) * 1000)
        said.append({table["id"]: result[table["id"]]["response"] for table in tables})
    print(json.dumps({"ms": spent, "said": said}))


def graph(tables: list[dict]) -> dict:
    """One input, every table beside the others, one output."""
    nodes = [{"id": "in", "type": "inputNode", "name": "in"}, {"id": "out", "type": "outputNode", "name": "out"}]
    edges = []
    for table in tables:
        nodes.append({"id": table["id"], "type": "decisionTableNode", "name": table["id"], "content": content(table)})
        edges += [
            {"id": f"{table['id']}-in", "sourceId": "in", "targetId": table["id"], "type": "edge"},
            {"id": f"{table['id']}-out", "sourceId": table["id"], "targetId": "out", "type": "edge"},
        ]
    return {"nodes": nodes, "edges": edges}


def content(table: dict) -> dict:
    inputs = [{"id": f"i{at}", "name": name, "field": name} for at, name in enumerate(table["inputs"])]
    rows = [
        {
            "_id": row["id"],
            **{f"i{at}": unary(cell) for at, cell in enumerate(row["cells"])},
            "response": json.dumps(row["response"]),
        }
        for row in table["rows"]
    ]
    response = {"id": "response", "name": "response", "field": "response"}
    return {"hitPolicy": "first", "inputs": inputs, "outputs": [response], "rules": rows, "outputPath": table["id"]}


def unary(cell: str) -> str:
    if cell == "-":
        return ""
    if cell[0] in "<>":
        return f"not ($ == 'unknown') and $ {cell}"
    return ", ".join(json.dumps(word.strip()) for word in cell.split("|"))


if __name__ == "__main__":
    main(*sys.argv[1:])
