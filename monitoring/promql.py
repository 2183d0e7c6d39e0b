"""Which metrics, and which labels of them, an expression asks for. Whether it is valid is promtool's business."""
import re

KEYWORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan", "atan2"}
STRING = r'"(?:\\.|[^"\\])*"'
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
NAME = re.compile(r"(?<![\w:$])([a-zA-Z_:][\w:]*)\s*(\(|\{[^}]*\})?")
MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")


def selectors(expression):
    """(metric, label names in its braces) of each selector."""
    text = re.sub(STRING, '""', expression)
    text = re.sub(r"\[[^\]]*\]", "", GROUPING.sub(" ", text))
    found = []
    for name, rest in NAME.findall(text):
        if rest != "(" and name.lower() not in KEYWORDS:
            found.append((name, MATCHER.findall(rest)))
    return found
