/** The report in a real browser, opened from the disk, with axe's rules held against it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './versions.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Its own sandbox needs what a container does not give to root. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });

export interface Opened {
  readonly page: Page;
  readonly milliseconds: number;
  /** What the browser complains of, and what it asks for beside the file. */
  readonly complaints: readonly string[];
}

/** Opens a file at a width; without scripts, as it is meant to be read. */
export async function openAt(browser: Browser, file: string, width: number): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, offline: true });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) complaints.push(`asks for ${request.url()}`);
  });
  const began = performance.now();
  await page.goto(`file://${file}`, { waitUntil: 'load' });
  // Twice, so that the first picture is drawn.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  return { page, milliseconds: performance.now() - began, complaints };
}

/** What axe finds, a line for each rule. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(`${AXE};0`);
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)');
  return violations.map(
    ({ id, nodes }) => `${id}: ${String(nodes.length)}, such as ${nodes[0]?.html.slice(0, 120) ?? ''}`,
  );
}

/** How much further than the window the page reaches to the right. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
