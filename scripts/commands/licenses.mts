/** `airlock licenses`: what packages are inside `airlock.mjs`, and under which terms. */
import { Command } from 'commander';
import { badInput } from '../../core/errors.js';
import { suggest } from '../../site/reading/explain.js';
import { kitLicenses } from '../kit-program.mjs';
import { packagePage, packagesPage } from '../text/licenses.js';
import { print, printJson } from '../ui/output.mjs';

async function licenses(wanted: string | undefined, { json }: { readonly json: boolean }): Promise<void> {
  const { packages, texts } = await kitLicenses();
  const found = packages.filter(({ name }) => wanted === undefined || name === wanted);
  if (wanted !== undefined && found.length === 0) {
    const close = suggest(
      wanted,
      packages.map(({ name }) => name),
    );
    throw badInput(
      'USAGE_UNKNOWN_NAME',
      `no package ${JSON.stringify(wanted)} is in airlock.mjs`,
      `${close === undefined ? '' : `did you mean "${close}"? `}\`airlock licenses\` lists them`,
    );
  }
  const whole = found.map((item) => ({ ...item, texts: item.texts.map((at) => texts[at] ?? '') }));
  if (json) printJson({ packages: whole });
  else if (wanted === undefined) print(packagesPage(found, texts.length));
  else print(whole.map((item) => packagePage(item, item.texts)));
}

export const command = (): Command =>
  new Command('licenses')
    .argument('[package]', 'print the texts of this package')
    .option('--json', 'print packages and texts as JSON', false)
    .action(licenses);
