"""The small wrong changes that ./dev mutate applies to a C++ file, one at a time."""
import collections
import re

# `line` counts from 0; `before` and `after` are whole lines without their end.
Mutation = collections.namedtuple("Mutation", "line before after")

SWAPS = [(" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "),
         (" + ", " - "), (" - ", " + "), (" += ", " -= "), (" -= ", " += "), ("++", "--"), (" && ", " || "), (" || ", " && ")]
WORDS = [("true", "false"), ("false", "true"), ("std::max", "std::min"), ("std::min", "std::max")]
FLAG = re.compile(r"\b(?:O|F_SEAL|MFD|LOCK)_(?!RD|WR)[A-Z]+ \| | \| (?:O|F_SEAL|MFD|LOCK)_[A-Z]+\b")
NUMBER = re.compile(r"(?<![\w.'-])(\d+)(?=U?\b)(?![\w.']*')")
NOT = re.compile(r"(?<=[( ])!(?=[\w(:*])")
CAUGHT_ERROR = re.compile(r"^\s*if \(((?:const )?auto\*? \w+ = [^;]+)\)(?: \{)?$")
CONDITION = re.compile(r"^(\s*)if \(((?!(?:const )?auto)[^;]+; )?((?!(?:const )?auto)[^;]+)\)( \{)?$")
RETURNED = re.compile(r"^(\s*)return ([\w:>.-]+\(.*\));$")
STATEMENT = re.compile(r"^\s+(?!\s|(?:return|throw|using|case|break|continue|else|struct|static|friend|goto|delete)\b)"
                       r"[\w:.>*()\[\]{}&+ -]+(?:\(.*\)|\s[+-]?=\s.*|\+\+|--);(?:  //.*)?$")
DECLARATION = re.compile(r"^\s+(?:\[\[\w+\]\] )?(?:const |constexpr |static )*(?:auto|unsigned|int|bool|std::[\w:<>, ]+|[A-Z]\w*(?:::\w+)*)"
                         r"[&*]*(?:\s+(?:const )?[&*]?\w+)+\s*(?:[={(].*)?;")
SKIPPED = re.compile(r"^\s*(?://|#|/?\*|static_assert|using |namespace |template)")


def masked(line):
    """The line with its strings and its comment blanked, so that nothing in them is changed."""
    blank = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'', lambda text: "\0" * len(text[0]), line)
    comment = blank.find("//")
    return blank if comment < 0 else blank[:comment] + "\0" * (len(blank) - comment)


def changes(line):
    code = masked(line)
    for before, after in SWAPS:
        for at in find_all(code, before):
            end = at + len(before)
            if "\0" not in code[at - 1:at] + code[end:end + 1]:  # else it joins strings
                yield line[:at] + after + line[end:]
    for before, after in WORDS:
        for match in re.finditer(rf"\b{before}\b", code):
            yield line[:match.start()] + after + line[match.end():]
    for match in FLAG.finditer(code):
        yield line[:match.start()] + line[match.end():]
    for match in NUMBER.finditer(code):
        octal = "0" if match[1].startswith("0") and match[1] != "0" else ""
        yield f"{line[:match.start()]}{octal}{int(match[1]) + 1}{line[match.end():]}"
    for match in NOT.finditer(code):
        yield line[:match.start()] + line[match.end():]
    if match := CAUGHT_ERROR.match(code):  # the error is ignored
        yield f"{line[:match.end(1)]}; false{line[match.end(1):]}"
    if match := CONDITION.match(code):
        yield f"{line[:match.start(3)]}({line[match.start(3):match.end(3)]}) && false{line[match.end(3):]}"
    if match := RETURNED.match(code):  # not done, and counts as success
        yield f"{match[1]}return decltype({line[match.start(2):match.end(2)]}){{}};"
    if STATEMENT.match(code) and not DECLARATION.match(code):
        yield re.match(r"\s*", line)[0] + ";"


def find_all(text, part):
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def mutations(text):
    """All mutations of a file, in the order of its lines."""
    for number, line in enumerate(text.split("\n")):
        if not SKIPPED.match(line) and line.strip():
            for after in dict.fromkeys(changes(line)):
                yield Mutation(number, line, after)
