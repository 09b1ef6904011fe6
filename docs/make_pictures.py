#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes docs/report-light.png and docs/report-dark.png: the page of a profiled run of the demo's shop, its slowest trace opened.

As root, where `make demo` traces natively, after `make`; the browser is the one of tests/e2e/test_report_page.py.
"""
import os
import subprocess
import sys
import tempfile

DOCS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(DOCS)
sys.path[:0] = [os.path.join(ROOT, "tests", "e2e"), os.path.join(ROOT, "tests", "support")]
import test_report_page

SCRIPT = """
const [modules, chromium, page, folder] = process.argv.slice(1);
const playwright = require(modules + '/node_modules/playwright-core');
(async () => {
	const browser = await playwright.chromium.launch({executablePath: chromium, args: ['--no-sandbox']});
	for (const shade of ['light', 'dark']) {
		const context = await browser.newContext({viewport: {width: 1200, height: 615}, colorScheme: shade});
		const view = await context.newPage();
		await view.goto('file://' + page);
		await view.focus('#traces-table tr.row');
		await view.keyboard.press('Enter');
		await view.evaluate(() => document.getElementById('traces').scrollIntoView());
		await view.screenshot({path: folder + '/report-' + shade + '.png'});
	}
	await browser.close();
})();
"""


def main():
    browser = test_report_page.install()
    with tempfile.TemporaryDirectory(prefix="limpet-pictures-") as folder:
        page = os.path.join(folder, "shop.html")
        subprocess.run([os.path.join(ROOT, ".build", "limpet"), "run", "--profile=499", "--terminal=off", f"--html={page}", "--",
                        os.path.join(ROOT, "tests", "demo", "shop", "open.sh"), folder], check=True, timeout=120)
        subprocess.run(["node", "-e", SCRIPT, "--", test_report_page.MODULES, browser, page, DOCS], check=True, timeout=120)


if __name__ == "__main__":
    main()
