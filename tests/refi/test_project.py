from __future__ import annotations

from qualcode.refi import Code, guid


def test_a_tree_is_walked_in_order_with_what_is_above() -> None:
    leaf, other = Code(guid("leaf"), "leaf"), Code(guid("other"), "other")
    middle = Code(guid("middle"), "middle", codes=(leaf,))
    root = Code(guid("root"), "root", codes=(middle, other))
    assert [("/".join(one.name for one in above), code.name) for above, code in root.walk()] == [
        ("", "root"),
        ("root", "middle"),
        ("root/middle", "leaf"),
        ("root", "other"),
    ]
