#!/usr/bin/env python3
"""Checks which changes tools/mutations.py makes to a line."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "tools"))
from mutate import PARTS  # noqa: E402
from mutations import mutations  # noqa: E402


def changed(line):
    return [mutation.after.strip() for mutation in mutations("    " + line)]


class Mutations(unittest.TestCase):
    def test_operators_are_flipped(self):
        self.assertIn("if (a <= b && c)", changed("if (a < b && c)"))
        self.assertIn("if (a < b || c)", changed("if (a < b && c)"))
        self.assertIn("x = a - b;", changed("x = a + b;"))

    def test_constants_change(self):
        self.assertIn("int x = 8;", changed("int x = 7;"))
        self.assertIn("::mkdir(path, 0701);", changed("::mkdir(path, 0700);"))
        self.assertEqual([], changed("std::uint8_t x{};"))

    def test_flags_are_removed(self):
        self.assertIn("f(O_DSYNC | O_CLOEXEC);", changed("f(O_EXCL | O_DSYNC | O_CLOEXEC);"))
        self.assertIn("f(O_RDWR | O_CLOEXEC);", changed("f(O_RDWR | O_DSYNC | O_CLOEXEC);"))

    def test_errors_are_ignored(self):
        self.assertIn("if (const auto error = write(); false)", changed("if (const auto error = write())"))
        self.assertIn("if ((::fsync(file) != 0) && false)", changed("if (::fsync(file) != 0)"))
        self.assertIn("if (error = sync(); (error) && false)", changed("if (error = sync(); error)"))
        self.assertIn("return decltype(sync(top)){};", changed("return sync(top);"))

    def test_statements_are_deleted(self):
        self.assertIn(";", changed("sync_names();"))
        self.assertIn(";", changed("used_ = 0;"))
        self.assertNotIn(";", changed("return x;"))
        self.assertNotIn(";", changed("const auto x = y();"))

    def test_strings_and_comments_stay(self):
        self.assertEqual([], changed("// a < b"))
        self.assertEqual([], changed('const auto* x = "a < b && 7";'))

    def test_each_file_of_the_marks_is_changed(self):
        for file in (TREE / "gadget/marks").glob("*.cpp"):
            self.assertIn(str(file.relative_to(TREE)), PARTS)


if __name__ == "__main__":
    unittest.main()
