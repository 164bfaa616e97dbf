#!/usr/bin/env python3
"""Invoices of a shop: a few made by hand, and the real ones where they are there."""

import os
import pathlib
import unittest

from support import COOPERATIVE, INVOICES, ROOT, Lumbung

DATA = pathlib.Path(os.environ.get("LUMBUNG_SHARED_DATA", ROOT.parent / "shared" / "data"))
ARCHIVE = DATA / "online-retail-by-day.tar.zst"


class Retail(Lumbung):
    def test_by_hand(self):
        self.make_ledger()
        self.write("invoices.csv", INVOICES)
        text = self.run_program("import", "retail", "barn", "invoices.csv")
        self.assertIn("536414", text, "the invoice of a zero total is listed")
        balances = self.balances()
        # 6 x 2.55 + 6 x 3.39; 3 x 1.855 = 5.565, half to even: 5.56.
        self.assertEqual(balances[f"{COOPERATIVE}:1122:17850:GBP"], 3564)
        self.assertEqual(balances[f"{COOPERATIVE}:1121:0:GBP"], 556)
        self.assertEqual(balances[f"{COOPERATIVE}:1122:14527:GBP"], -2750)
        report = self.run_json("import", "retail", "barn", "invoices.csv")
        self.assertTrue(report["reconciles"])
        self.assertEqual(report["already_there"], 3)
        self.assertEqual(self.balances(), balances)

    @unittest.skipUnless(ARCHIVE.exists(), f"SKIPPED: {ARCHIVE} is not there")
    def test_the_real_ones(self):
        self.make_ledger()
        report = self.run_json("import", "retail", "barn", ARCHIVE)
        self.assertTrue(report["reconciles"])
        text = self.run_program("import", "retail", "barn", ARCHIVE)
        self.assertIn("9747747.934", text.replace(",", ""))
        self.assertIn("25,900", text.replace("25900", "25,900"))
        balances = self.balances()
        self.assertEqual(sum(balances.values()), 0)
        sales = -sum(v for k, v in balances.items() if k.split(":")[1] in ("4101", "4102"))
        self.assertAlmostEqual(sales / 100, 9_747_747.934, delta=60_000)
        self.assertTrue(self.run_json("verify", "barn")["good"])


if __name__ == "__main__":
    if not ARCHIVE.exists():
        print(f"SKIPPED in part: {ARCHIVE} is not there")
    unittest.main()
