#!/usr/bin/env python3
"""Applies small wrong changes, one by one, to the code that guards signing, and runs the tests of that part.

use: mutate.py [FILE…] [--sample N] [--seed N] [--list]

Works in a copy of the tree below build/mutate, with a build directory of its own. A change that no test notices is a
survivor: it needs a test, or a line in test/mutate/explained.txt. Exits with 1 if there is one, or if a line explains
nothing that survives.
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from mutations import mutations  # noqa: E402

TREE = pathlib.Path(__file__).resolve().parent.parent
COPY = TREE / "build/mutate/tree"
BUILD = COPY / "build/test"
EXPLAINED = TREE / "test/mutate/explained.txt"
TEST_SECONDS = 60  # a test that takes longer counts as failed

KEYSTORE = [("unit_keystore", "*"), ("powercut", "*")]
# Each file that guards signing, and the tests of its part: a target and a GoogleTest filter.
PARTS = {
    "common/tezos/payload.cpp": [("unit_tezos", "*")],
    "gadget/disk/directory.cpp": KEYSTORE,
    "gadget/gadget.cpp": [("unit_gadget", "gadget*")],
    "gadget/keystore/derivation_index.cpp": KEYSTORE,
    "gadget/keystore/handover.cpp": [("unit_keystore", "handover*:kinds/handover*")],
    "gadget/keystore/open_key.cpp": KEYSTORE,
    "gadget/keystore/throttle.cpp": [("unit_keystore", "throttle*:keystore*")],
    "gadget/keystore/live_pages.cpp": KEYSTORE,
    "gadget/marks/live_page.cpp": KEYSTORE,
    "gadget/marks/marks.cpp": KEYSTORE,
    "gadget/marks/marks_file.cpp": KEYSTORE,
    "gadget/marks/opening.cpp": KEYSTORE,
    "gadget/marks/slot.cpp": KEYSTORE,
    "gadget/marks/watermark.cpp": KEYSTORE,
    "gadget/marks/watermark_failures.cpp": KEYSTORE,
    "gadget/marks/watermark_writes.cpp": KEYSTORE,
    "gadget/requests/write_ahead.cpp": [("unit_gadget", "WriteAheadTest*:gadget*")],
    "gadget/session/reply_cache.cpp": [("unit_gadget", "ReplyCacheTest*:gadget*")],
}


def fail(text):
    sys.exit(f"mutate: {text}")


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", **options)


def copy_tree():
    """Copies what git knows or would add; a file that is the same stays as it is, so that it is not compiled again."""
    listed = run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=TREE, check=True).stdout
    names = {name for name in listed.split("\0") if name and (TREE / name).is_file()}
    for name in sorted(names):
        source, target = TREE / name, COPY / name
        if not target.exists() or source.read_bytes() != target.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    for old in [path for path in COPY.rglob("*") if path.is_file()]:
        name = str(old.relative_to(COPY))
        if name not in names and not name.startswith((".cache", "build")):
            old.unlink()
    if (TREE / ".cache").exists() and not (COPY / ".cache").exists():
        (COPY / ".cache").symlink_to(TREE / ".cache")


def configure():
    # Without unity builds only the changed file is compiled. A change may leave a name unused.
    made = run(["cmake", "--preset", "test", "-DCMAKE_UNITY_BUILD=OFF", "-DCMAKE_COMPILE_WARNING_AS_ERROR=OFF",
                "-DREVENANT_BENCH=OFF", "-DREVENANT_VM=OFF"], cwd=COPY)
    if made.returncode:
        fail("cannot configure the copy: " + made.stderr[-2000:])


def build(targets):
    return run(["cmake", "--build", str(BUILD), "--target", *targets])


def failing_test(tests):
    """The first failing test of this part, or nothing."""
    environment = dict(os.environ, TEST_ROUNDS="3", TEST_SEED="1")
    for target, only in tests:
        try:
            result = run([str(BUILD / "bin" / target), "--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={only}"],
                         env=environment, timeout=TEST_SECONDS)
        except subprocess.TimeoutExpired:
            return f"{target} (longer than {TEST_SECONDS} s)"
        if result.returncode:
            failed = [line.split()[3] for line in result.stdout.splitlines() if line.startswith("[  FAILED  ] ")
                      and len(line.split()) > 3]
            return failed[0] if failed else f"{target} (exit code {result.returncode})"
    return None


def verdict(name, mutation, tests):
    """`killed TEST`, `does not compile`, or `SURVIVES`."""
    path = COPY / name
    original = path.read_text()
    lines = original.split("\n")
    lines[mutation.line] = mutation.after
    path.write_text("\n".join(lines))
    try:
        if build([target for target, _ in tests]).returncode:
            return "does not compile"
        test = failing_test(tests)
        return f"killed by {test}" if test else "SURVIVES"
    finally:
        path.write_text(original)


def title(name, mutation):
    return f"{name}: {mutation.before.strip()} => {mutation.after.strip()}"


def explanations():
    """The titles in the file; each line ends with the reason."""
    lines = [line for line in EXPLAINED.read_text().splitlines() if line and not line.startswith("#")]
    for line in lines:
        if " => " not in line or "  # " not in line:
            fail(f"{EXPLAINED}: expected 'FILE: LINE => CHANGED LINE  # REASON', found '{line}'")
    return {line.rsplit("  # ", 1)[0].strip() for line in lines}


def arguments():
    parser = argparse.ArgumentParser(prog="./dev mutate", description=__doc__.split("\n\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="default: all files that guard signing")
    parser.add_argument("--sample", type=int, help="only so many changes of each file, chosen at random")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the choice")
    parser.add_argument("--list", action="store_true", help="only list the changes")
    return parser.parse_args()


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # for `./dev mutate --list | head`
    options = arguments()
    files = options.files or sorted(PARTS)
    for name in files:
        if name not in PARTS:
            fail(f"'{name}' has no tests in tools/mutate.py: choose from {', '.join(sorted(PARTS))}")
    chosen, possible = {}, set()
    choice = random.Random(options.seed)
    for name in files:
        every = list(mutations((TREE / name).read_text()))
        possible.update(title(name, mutation) for mutation in every)
        chosen[name] = every if options.sample is None else choice.sample(every, min(options.sample, len(every)))
    if options.list:
        print("\n".join(title(name, mutation) for name in files for mutation in chosen[name]))
        return
    print(f"mutate: {sum(map(len, chosen.values()))} changes, --seed {options.seed}", flush=True)
    copy_tree()
    configure()
    tests = {test for name in files for test in PARTS[name]}
    if build({target for target, _ in tests}).returncode:
        fail("the copy does not compile before any change")
    if test := failing_test(sorted(tests)):
        fail(f"{test} fails before any change")
    survivors, ran = set(), set()
    counts = {"killed": 0, "does": 0, "SURVIVES": 0}
    known = explanations()
    for name in files:
        for mutation in chosen[name]:
            result = verdict(name, mutation, PARTS[name])
            counts[result.split()[0]] += 1
            ran.add(title(name, mutation))
            if result == "SURVIVES":
                survivors.add(title(name, mutation))
                result += ", explained" if title(name, mutation) in known else ""
            print(f"{result}: {name}:{mutation.line + 1}: {mutation.before.strip()} => {mutation.after.strip()}", flush=True)
    idle = {line for line in known if line.split(":")[0] in files and (line not in possible or line in ran - survivors)}
    print(f"mutate: {counts['killed']} killed, {counts['does']} do not compile, {len(survivors & known)} explained, "
          f"{len(survivors - known)} survive")
    for line in sorted(survivors - known):
        print(f"survives: {line}")
    for line in sorted(idle):
        print(f"{EXPLAINED.relative_to(TREE)}: matches no survivor: {line}")
    sys.exit(1 if survivors - known or idle else 0)


if __name__ == "__main__":
    main()
