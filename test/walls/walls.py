#!/usr/bin/env python3
"""Checks the layout of the tree: docs/architecture.md, "Walls".

Fails on a cycle of folders, on an include of a parent folder, on a public class that two headers of one namespace define,
on a program that includes another one, on a timer that a test cannot turn, and on a folder with too many files. Usage:
walls.py TREE
"""
import collections
import pathlib
import re
import sys

PROGRAMS = ("registrar", "gadget", "liveness", "host", "monitor")
PRODUCT = ("common",) + PROGRAMS
MOST_FILES = {"product": 25, "unit": 30}  # .cpp and .hpp of one folder, without its sub-folders

INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
NAMESPACE = re.compile(r"^(namespace ([\w:]+) \{|\}  // namespace ([\w:]+))$", re.MULTILINE)
TYPE = re.compile(r"^(?:class|struct|enum class)\s+(?:\[\[\w+\]\]\s+)?(\w+)[^;{]*\{", re.MULTILINE)
FOREIGN_TIMER = re.compile(r"\b(?:steady_timer|system_timer|basic_waitable_timer|tcp_stream|Clock::turn)\b")
CLOCK_FILES = ("common/async/timer.hpp", "common/core/clock.hpp")


def sources(tree):
    for top in PRODUCT + ("manual", "test"):
        for file in sorted((tree / top).rglob("*")):
            if file.suffix in (".cpp", ".hpp"):
                yield file.relative_to(tree)


def edges_of(tree, files):
    """From folder to folder, with one include of each as an example."""
    edges = collections.defaultdict(dict)
    for file in files:
        for target in INCLUDE.findall((tree / file).read_text()):
            if (tree / target).exists() and pathlib.Path(target).parent != file.parent:
                edges[str(file.parent)].setdefault(str(pathlib.Path(target).parent), f"{file} includes {target}")
    return edges


def cycle_in(edges):
    """The folders of one cycle, or nothing."""
    finished, path = set(), []

    def visit(folder):
        if folder in path:
            return path[path.index(folder):] + [folder]
        if folder in finished:
            return None
        path.append(folder)
        for target in sorted(edges.get(folder, {})):
            if found := visit(target):
                return found
        path.pop()
        finished.add(folder)
        return None

    for folder in sorted(edges):
        if found := visit(folder):
            return found
    return None


def program_of(folder):
    top = folder.split("/")[0]
    return top if top in PROGRAMS else None


def public_types(text):
    """(namespace, name) of the classes at the top of a namespace. House style: they are not indented."""
    scopes, marks = [], []
    for match in NAMESPACE.finditer(text):
        if match[2]:
            scopes.append(match[2])
        elif scopes:
            scopes.pop()
        marks.append((match.end(), "::".join(scopes)))
    for match in TYPE.finditer(text):
        scope = next((scope for end, scope in reversed(marks) if end <= match.start()), "")
        yield scope, match[1]


def faults(tree):
    files = list(sources(tree))
    if not files:
        yield f"there is no source file in {tree}"
    edges = edges_of(tree, files)
    if cycle := cycle_in(edges):
        yield "cycle of folders: " + "; ".join(edges[a][b] for a, b in zip(cycle, cycle[1:]))
    for folder, targets in edges.items():
        for target, example in targets.items():
            if folder.startswith(target + "/"):
                yield f"include of a parent folder: {example}"
            if program_of(folder) and program_of(target) and program_of(folder) != program_of(target):
                yield f"a program includes another one: {example}"
            if folder.startswith("common/") and program_of(target):
                yield f"common code includes a program: {example}"
    for file in files:
        if file.parts[0] in PRODUCT and str(file) not in CLOCK_FILES:
            for name in sorted(set(FOREIGN_TIMER.findall((tree / file).read_text()))):
                yield f"{file} names {name}: product code waits with Timer, whose clock tests turn"
    defined = {}
    for file in files:
        if file.suffix == ".hpp" and file.parts[0] in PRODUCT:
            for name in public_types((tree / file).read_text()):
                if defined.setdefault(name, file) != file:
                    yield f"{'::'.join(name)} is defined in {defined[name]} and in {file}"
    for folder, count in sorted(collections.Counter(file.parent for file in files).items()):
        most = MOST_FILES["product" if folder.parts[0] in PRODUCT else "unit"]
        if (folder.parts[0] in PRODUCT or folder.parts[:2] == ("test", "unit")) and count > most:
            yield f"{folder} has {count} files: at most {most}"


def main():
    if len(sys.argv) != 2:
        sys.exit("use: walls.py TREE")
    found = list(faults(pathlib.Path(sys.argv[1])))
    for fault in found:
        print(fault)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
