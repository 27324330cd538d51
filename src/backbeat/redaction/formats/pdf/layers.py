"""Which optional content a viewer would not show: layers switched off."""

from typing import Any

import pikepdf

__all__ = ["Layers"]


class Layers:
    """The document's layers in the state a viewer opens it with."""

    def __init__(self, root: Any) -> None:
        self._off: set[tuple[int, int]] = set()
        properties = root.get("/OCProperties")
        if not isinstance(properties, pikepdf.Dictionary):
            return
        default = properties.get("/D", pikepdf.Dictionary())
        if str(default.get("/BaseState", "/ON")) == "/OFF":
            self._off |= {group.objgen for group in _listed(properties, "/OCGs")}
            self._off -= {group.objgen for group in _listed(default, "/ON")}
        self._off |= {group.objgen for group in _listed(default, "/OFF")}

    @property
    def any_off(self) -> bool:
        """Whether anything is hidden at all."""
        return bool(self._off)

    def hides(self, membership: Any) -> bool:
        """Whether content marked with this group or membership dictionary is hidden."""
        if not self._off or not isinstance(membership, pikepdf.Dictionary):
            return False
        if str(membership.get("/Type", "")) != "/OCMD":
            return membership.objgen in self._off
        if "/VE" in membership:
            return not self._holds(membership.VE, 0)
        groups = membership.get("/OCGs")
        members = groups.as_list() if isinstance(groups, pikepdf.Array) else [groups]
        shown = [member.objgen not in self._off for member in members if isinstance(member, pikepdf.Dictionary)]
        if not shown:
            return False
        policy = str(membership.get("/P", "/AnyOn"))
        visible = {
            "/AllOn": all(shown),
            "/AnyOff": not all(shown),
            "/AllOff": not any(shown),
        }.get(policy, any(shown))
        return not visible

    def _holds(self, expression: Any, depth: int) -> bool:
        if isinstance(expression, pikepdf.Dictionary):
            return expression.objgen not in self._off
        if not isinstance(expression, pikepdf.Array) or not len(expression) or depth > 16:
            return True
        operator, *operands = expression.as_list()
        results = [self._holds(operand, depth + 1) for operand in operands]
        match str(operator):
            case "/Not":
                return not all(results)
            case "/Or":
                return any(results)
            case _:
                return all(results)


def _listed(holder: Any, key: str) -> list[Any]:
    found = holder.get(key)
    return [item for item in found.as_list() if isinstance(item, pikepdf.Dictionary)] if found is not None else []
