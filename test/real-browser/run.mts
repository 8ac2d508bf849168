/**
 * `npm run test:report [-- EXAMPLE …]`: the HTML report of each example in Debian's Chromium, from the disk and without a network: at
 * 1280 and 390 pixels and on paper, with axe; and that of a plan of ten thousand resources. Ends with status 1 when a check fails.
 *
 * Pictures of the pages are written to the folder in AIRLOCK_REPORT_PICTURES, where it is set.
 */
import { readFileSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { airlock } from '../harness/airlock.mjs';
import { installDebianPackages } from '../harness/debian.mjs';
import { ROOT } from '../harness/paths.mjs';
import { expect, expectEqual, type Suite } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';
import { runSuites, toItsEnd } from '../harness/tier.mjs';
import { examples } from '../../tools/examples.js';
import { axeFindings, openAt, openBrowser, overhang } from './browser.mjs';
import { writeLargePlan } from './large-plan.mjs';
import { DEBIAN_PACKAGES } from './versions.mjs';

const WIDTHS = [1280, 390] as const;
const MOST_BYTES = 1_500_000;
const MOST_MILLISECONDS = 2000;
const PICTURES = process.env['AIRLOCK_REPORT_PICTURES'];

const EXAMPLES = new Map(examples().map(({ name, folder }) => [path.basename(name), folder]));

async function report(folder: string, plan: string): Promise<string> {
  const file = path.join(folder, 'report.html');
  const { code, stderr } = await airlock(['audit', plan, '--as-of', '2026-11-30', '--html', file], { cwd: folder });
  expect(code === 0 || code === 1, `airlock audit ended with ${String(code)}: ${stderr.slice(0, 400)}`);
  return file;
}

async function looks(suite: Suite, browser: Browser, file: string): Promise<void> {
  for (const width of WIDTHS)
    await suite.check(`is readable at ${String(width)}, and axe finds nothing`, async () => {
      const { page, milliseconds, complaints } = await openAt(browser, file, width);
      expectEqual([...complaints], [], 'what the browser complains of');
      expectEqual(await overhang(page), 0, 'pixels that the page is too wide');
      expectEqual(await axeFindings(page), [], 'what axe finds');
      if (PICTURES !== undefined)
        await page.screenshot({ path: path.join(PICTURES, `${suite.name}-${String(width)}.png`), fullPage: true });
      await page.context().close();
      return `${milliseconds.toFixed(0)} ms`;
    });
  await suite.check('is printed, the picture with it', async () => {
    const { page } = await openAt(browser, file, WIDTHS[0]);
    const pdf = await page.pdf({
      preferCSSPageSize: true,
      ...(PICTURES === undefined ? {} : { path: path.join(PICTURES, `${suite.name}.pdf`) }),
    });
    await page.emulateMedia({ media: 'print' });
    // As wide as A4 between its margins, at 96 pixels an inch.
    await page.setViewportSize({ width: 703, height: 1000 });
    expectEqual(await overhang(page), 0, 'pixels that do not fit on the paper');
    await page.context().close();
    return `${String(pdf.length)} bytes of PDF`;
  });
}

async function example(suite: Suite, browser: Browser, files: string): Promise<void> {
  const folder = await makeFolder('report');
  await cp(files, folder, { recursive: true });
  await suite.check('is synthesized', async () => {
    const { code, stderr } = await airlock(['synth'], { cwd: folder });
    expectEqual(code, 0, stderr.slice(0, 400));
    return '';
  });
  const file = path.join(folder, 'report.html');
  await suite.check('has a report of at most 1.5 MB, the same twice', async () => {
    const first = readFileSync(await report(folder, 'cdktf.out'), 'utf8');
    expect(first === readFileSync(await report(folder, 'cdktf.out'), 'utf8'), 'another report of the same plan');
    expect(statSync(file).size <= MOST_BYTES, `${String(statSync(file).size)} bytes`);
    return `${String(statSync(file).size)} bytes`;
  });
  await looks(suite, browser, file);
}

async function large(suite: Suite, browser: Browser): Promise<void> {
  const folder = await makeFolder('report');
  await cp(path.join(ROOT, 'examples/datacenter'), folder, { recursive: true });
  await suite.check('opens in two seconds', async () => {
    const count = await writeLargePlan(path.join(folder, 'plan'));
    const began = performance.now();
    const file = await report(folder, 'plan');
    const audited = (performance.now() - began) / 1000;
    const { page, milliseconds } = await openAt(browser, file, WIDTHS[0]);
    await page.context().close();
    const figure = `${String(count)} resources, ${String(statSync(file).size)} bytes, ${milliseconds.toFixed(0)} ms, audit ${audited.toFixed(0)} s`;
    expect(milliseconds < MOST_MILLISECONDS, figure);
    return figure;
  });
}

await runSuites(
  async (all, named) => {
    const installed = await all
      .suite('install')
      .check('Chromium (Debian, root)', () => installDebianPackages(DEBIAN_PACKAGES));
    if (!installed) return;
    const browser = await openBrowser();
    try {
      const isWanted = (name: string): boolean => named.length === 0 || named.includes(name);
      for (const [name, files] of EXAMPLES) {
        if (!isWanted(name)) continue;
        const suite = all.suite(name);
        await toItsEnd(suite, () => example(suite, browser, files));
      }
      const suite = all.suite('large');
      if (isWanted('large')) await toItsEnd(suite, () => large(suite, browser));
    } finally {
      await browser.close();
    }
  },
  [...EXAMPLES.keys(), 'large'],
);
