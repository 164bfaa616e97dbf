#!/usr/bin/env python3
"""Proves that layers.py finds what it is there to find, on small trees of its own."""

import pathlib
import tempfile
import unittest
import unittest.mock

import layers


class LayersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for layer in layers.LAYERS:
            if layer not in layers.ABSENT_ON_PURPOSE:
                (self.root / layer).mkdir(parents=True, exist_ok=True)
        self.write("engine/base/id.h", "#include <cstdint>")
        self.write("engine/chain/hash.h", '#include "engine/base/id.h"')
        self.write("engine/store/log.h", '#include "engine/chain/hash.h"', "#include <rocksdb/db.h>")

    def write(self, name, *lines):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def assert_one_fault(self, *parts):
        faults = layers.check(self.root)
        self.assertEqual(len(faults), 1, faults)
        for part in parts:
            self.assertIn(part, faults[0])

    def test_accepts_a_tree_in_order(self):
        self.write("engine/domain/money.cc", '#include "lumbung/ledger/v1/event.pb.h"')
        self.write("bench/pipeline.cc", "#include <rocksdb/db.h>", '#include "engine/store/log.h"')
        self.assertEqual(layers.check(self.root), [])

    def test_refuses_a_layer_to_the_right(self):
        self.write("engine/base/bad.cc", "", '#include "engine/store/log.h"')
        self.assert_one_fault("engine/base/bad.cc:2:", "goes against the layers")

    def test_refuses_commit_in_feed(self):
        self.write("engine/commit/queue.h", "")
        self.write("engine/feed/bad.cc", '#include "engine/commit/queue.h"')
        self.assert_one_fault("engine/feed/bad.cc:1:", "goes against the layers")

    def test_refuses_store_in_importers(self):
        self.write("engine/importers/bad.cc", '#include "engine/store/log.h"')
        self.assert_one_fault("engine/importers/bad.cc:1:", "goes against the layers")

    def test_refuses_relative_includes(self):
        self.write("engine/base/bad.cc", '#include "id.h"')
        self.assert_one_fault("engine/base/bad.cc:1:", "not written from the root")

    def test_refuses_a_file_that_is_not_there(self):
        self.write("engine/base/bad.cc", '#include "engine/base/gone.h"')
        self.assert_one_fault("engine/base/bad.cc:1:", "names no file")

    def test_refuses_own_headers_in_angles(self):
        self.write("engine/base/bad.cc", "#include <engine/base/id.h>")
        self.assert_one_fault("engine/base/bad.cc:1:", "with quotes")

    def test_refuses_input_and_output_in_the_domain(self):
        for header in ("rocksdb/db.h", "librdkafka/rdkafka.h", "grpcpp/grpcpp.h", "fstream"):
            with self.subTest(header):
                self.write("engine/domain/bad.cc", f"#  include <{header}>")
                self.assert_one_fault("engine/domain/bad.cc:1:", "is pure")

    def test_refuses_rocksdb_outside_the_store(self):
        self.write("engine/commit/bad.cc", "#include <rocksdb/db.h>")
        self.assert_one_fault("engine/commit/bad.cc:1:", "belongs to engine/store")

    def test_knows_the_runtime_from_the_other_projections(self):
        self.write("projections/runtime/store.h", "#include <rocksdb/db.h>")
        self.write("projections/sums/sums.h", '#include "projections/runtime/store.h"')
        self.assertEqual(layers.check(self.root), [])
        self.write("projections/sums/sums.cc", "#include <rocksdb/db.h>")
        self.assert_one_fault("projections/sums/sums.cc:1:", "belongs to engine/store")
        self.write("projections/sums/sums.cc", "")
        self.write("projections/runtime/bad.h", '#include "projections/sums/sums.h"')
        self.assertIn("goes against the layers", layers.check(self.root)[0])

    def test_refuses_folders_that_include_each_other(self):
        self.write("engine/domain/rules/a.h", '#include "engine/domain/b.h"')
        self.write("engine/domain/b.h", '#include "engine/domain/rules/a.h"')
        faults = layers.check(self.root)
        self.assertEqual(len(faults), 2, faults)
        self.assertTrue(all("again" in fault for fault in faults), faults)

    def test_refuses_a_folder_in_no_layer(self):
        self.write("engine/misc/a.h", "")
        self.assert_one_fault("engine/misc/a.h:1:", "lies in no layer")

    def test_refuses_a_row_without_a_folder(self):
        (self.root / "engine/feed").rmdir()
        self.assert_one_fault("no folder engine/feed")

    def test_refuses_absence_that_is_over(self):
        absent = layers.ABSENT_ON_PURPOSE | {"connectors"}
        with unittest.mock.patch.object(layers, "ABSENT_ON_PURPOSE", absent):
            self.assert_one_fault("connectors is there")


if __name__ == "__main__":
    unittest.main()
