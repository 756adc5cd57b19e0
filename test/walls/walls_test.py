#!/usr/bin/env python3
"""Each wall of walls.py, broken once in a tree of two or three files."""
import pathlib
import tempfile
import unittest

import walls


class Walls(unittest.TestCase):
    def faults(self, files):
        with tempfile.TemporaryDirectory() as directory:
            tree = pathlib.Path(directory)
            for name, text in files.items():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                (tree / name).write_text(text)
            return "\n".join(walls.faults(tree))

    def test_sound_tree_has_no_fault(self):
        self.assertEqual(
            "",
            self.faults({
                "gadget/usb/a.hpp": '#include "gadget/session/b.hpp"\nnamespace revenant::gadget {\nclass A {\n};\n}\n',
                "gadget/session/b.hpp": "namespace revenant::gadget {\nclass A;\nclass B {\n};\n}\n",
            }))

    def test_cycle_is_named_with_both_includes(self):
        found = self.faults({
            "host/link/a.hpp": '#include "host/channel/b.hpp"\n',
            "host/channel/b.cpp": '#include "host/link/a.hpp"\n',
            "host/channel/b.hpp": "",
        })
        self.assertIn("cycle of folders", found)
        self.assertIn("host/channel/b.cpp includes host/link/a.hpp", found)
        self.assertIn("host/link/a.hpp includes host/channel/b.hpp", found)

    def test_include_of_a_parent_is_named(self):
        found = self.faults({"monitor/web/a.cpp": '#include "monitor/b.hpp"\n', "monitor/b.hpp": ""})
        self.assertIn("include of a parent folder: monitor/web/a.cpp includes monitor/b.hpp", found)

    def test_class_defined_twice_in_one_namespace_is_named(self):
        text = "namespace revenant::gadget {\nclass Bus {\n};\n}  // namespace revenant::gadget\n"
        found = self.faults({"gadget/usb/bus.hpp": text, "gadget/session/bus.hpp": text})
        self.assertIn("revenant::gadget::Bus is defined in", found)

    def test_same_name_in_two_namespaces_is_sound(self):
        text = "namespace revenant::{0} {{\nstruct Bus : Base {{\n}};\n}}  // namespace revenant::{0}\n"
        self.assertEqual("", self.faults({f"{p}/usb/bus.hpp": text.format(p) for p in ("gadget", "registrar")}))

    def test_program_that_includes_another_is_named(self):
        found = self.faults({"host/a.cpp": '#include "gadget/b.hpp"\n', "gadget/b.hpp": ""})
        self.assertIn("a program includes another one: host/a.cpp includes gadget/b.hpp", found)

    def test_common_code_that_includes_a_program_is_named(self):
        found = self.faults({"common/net/a.cpp": '#include "gadget/b.hpp"\n', "gadget/b.hpp": ""})
        self.assertIn("common code includes a program", found)

    def test_timer_that_no_test_can_turn_is_named(self):
        for name in ("steady_timer", "system_timer", "tcp_stream", "Clock::turn"):
            text = f"boost::asio::{name} wait;\n"
            found = self.faults({"host/a.cpp": text, "common/async/timer.hpp": text, "test/unit/host/a_test.cpp": text})
            self.assertEqual(f"host/a.cpp names {name}: product code waits with Timer, whose clock tests turn", found)

    def test_folder_with_too_many_files_is_named(self):
        found = self.faults({f"gadget/usb/f{i}.cpp": "" for i in range(26)})
        self.assertIn("gadget/usb has 26 files: at most 25", found)

    def test_tree_without_sources_is_a_fault(self):
        self.assertIn("there is no source file", self.faults({"README.md": ""}))


if __name__ == "__main__":
    unittest.main()
