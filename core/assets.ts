/**
 * Files of the kit that are no code, read at run time: from the checkout or the installed package, or from inside
 * `airlock.mjs`, where the release build puts them. Nothing else of ours may look for files beside the sources; a lint rule holds that.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Every such file or folder, by its path from the root of the checkout. What is not listed travels nowhere; `files` of package.json has them, too. */
export const ASSETS = [
  'charts/envelope',
  'gateway/litellm/airlock_answers.py',
  'gateway/litellm/airlock_body.py',
  'gateway/litellm/airlock_door.py',
  'gateway/litellm/airlock_fields.py',
  'gateway/litellm/airlock_policy.py',
  'gateway/litellm/airlock_refusal.py',
  'gateway/litellm/airlock_texts.py',
  'package.json',
] as const;
export type Asset = (typeof ASSETS)[number];

/** A file of an asset: its path from the root of the checkout, and its text. */
export type AssetTexts = Readonly<Record<string, string>>;

/** {@link AssetTexts} as JSON, set by the release build (tools/build-far-side.ts); the checkout has no such variable. */
declare const AIRLOCK_ASSETS: string;

const MANIFEST = 'package.json';

/**
 * The folder of package.json: the checkout, or the installed package, in which compiled code lies deeper.
 *
 * @throws Error when none of the folders above has one
 */
function root(): string {
  // Not __dirname: a TypeScript loader may give CommonJS modules a wrong one.
  let folder = path.dirname(__filename);
  while (!existsSync(path.join(folder, MANIFEST))) {
    const above = path.dirname(folder);
    if (above === folder) throw new Error(`no ${MANIFEST} above ${path.dirname(__filename)}`);
    folder = above;
  }
  return folder;
}

function filesBelow(folder: string, asset: string): string[] {
  const entries = readdirSync(path.join(folder, asset), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/** Reads all assets from a checkout; the release build embeds what this returns. */
export function readAssets(checkout: string): AssetTexts {
  const files = ASSETS.flatMap((asset) => (path.extname(asset) === '' ? filesBelow(checkout, asset) : [asset]));
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(checkout, file), 'utf8')]));
}

let texts: AssetTexts | undefined;
const allTexts = (): AssetTexts =>
  (texts ??= typeof AIRLOCK_ASSETS === 'undefined' ? readAssets(root()) : (JSON.parse(AIRLOCK_ASSETS) as AssetTexts));

/** The text of an asset that is one file. */
export function assetText(asset: Exclude<Asset, 'charts/envelope'>): string {
  const text = allTexts()[asset];
  if (text === undefined) throw new Error(`${asset} is a folder, or was left out of this build`);
  return text;
}

/** The files of an asset that is a folder, by their path inside it, sorted. */
export function assetFolder(asset: Asset): ReadonlyMap<string, string> {
  const files = Object.entries(allTexts()).filter(([file]) => file.startsWith(`${asset}/`));
  return new Map(files.map(([file, text]) => [file.slice(asset.length + 1), text]));
}

/** Version of the kit. */
export const kitVersion = (): string => (JSON.parse(assetText('package.json')) as { version: string }).version;
