import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Page, pages, readPage, ROOT } from './page';

const ABSOLUTE = /^[a-z][a-z+.-]*:/i;

/** Where a link leads: a path in the repository, and the heading there. */
interface Target {
  readonly file: string;
  readonly anchor?: string;
}

const targetOf = (page: string, link: string): Target => {
  const [file = '', anchor] = decodeURI(link).split('#');
  return {
    file: file === '' ? page : path.posix.join(path.posix.dirname(page), file),
    ...(anchor === undefined ? {} : { anchor }),
  };
};

/** Why a link of a page leads nowhere; undefined where it does lead somewhere. */
function faultOf(from: Page, link: string, known: ReadonlyMap<string, Page>): string | undefined {
  if (ABSOLUTE.test(link)) {
    if (!URL.canParse(link)) return 'is no address';
    return new URL(link).protocol === 'https:' || link.startsWith('mailto:') ? undefined : 'is not https';
  }
  const { file, anchor } = targetOf(from.name, link);
  if (file !== from.name && (file.startsWith('..') || !existsSync(path.join(ROOT, file)))) return 'is not there';
  if (anchor === undefined) return undefined;
  const page =
    file === from.name
      ? from
      : (known.get(file) ?? readPage(file, file.endsWith('.md') ? readFileSync(path.join(ROOT, file), 'utf8') : ''));
  return page.anchors.has(anchor) ? undefined : 'has no such heading';
}

const all = pages();
const known = new Map(all.map((page) => [page.name, page]));

const faultsOf = (page: Page): string[] =>
  page.links.flatMap(({ line, target }) => {
    const fault = faultOf(page, target, known);
    return fault === undefined ? [] : [`${page.name}:${line} ${target} ${fault}`];
  });

/** Top-level folders and files of the repository: a path that begins with one is meant to be there. */
const isOurs = (text: string): boolean =>
  /^[\w.-]+(?:\/[\w.@*<>…{},-]+)*\/?$/.test(text) && text.includes('/') && statTop(text.split('/')[0] ?? '');

/** Folders that commands write, in a checkout or where they are started. */
const WRITTEN: readonly string[] = ['dist', 'node_modules', 'coverage', '.cache', 'cdktf.out'];

function statTop(first: string): boolean {
  if (first === '..' || WRITTEN.includes(first)) return false;
  const file = path.join(ROOT, first);
  return existsSync(file) && statSync(file).isDirectory();
}

/** With a star, a placeholder or an ellipsis in it, the folder before is what must be there. */
const fixedPart = (text: string): string => {
  const [fixed = ''] = text.split(/[*<…{]/);
  return fixed === text ? text : fixed.slice(0, fixed.lastIndexOf('/') + 1);
};

const missing = (page: Page): string[] =>
  page.codes
    .filter(({ text }) => isOurs(text) && !existsSync(path.join(ROOT, fixedPart(text))))
    .map(({ line, text }) => `${page.name}:${line} ${text}`);

describe.each(all.map((page) => [page.name, page] as const))('%s', (_name, page) => {
  it('links to pages, headings and files that are there', () => {
    expect(faultsOf(page)).toEqual([]);
  });

  it('names paths of the repository that are there', () => {
    expect(missing(page)).toEqual([]);
  });
});

describe('the check', () => {
  const planted = readPage(
    'docs/planted.md',
    [
      '# Of `one` thing',
      '[a](#of-one-thing) [b](#of-two) [c](deploy.md#destroying) [d](deploy.md#x) [e](none.md) [f](../../x)',
      '[g](http://example.com) [h](https://example.com) `core/errors.ts` `core/none.ts` `audit/rules/*.ts`',
      '`cdktf.out/stacks` `text/plain`',
    ].join('\n\n'),
  );

  it('names what leads nowhere, and nothing else', () => {
    expect(faultsOf(planted).map((fault) => fault.split(' ').slice(1).join(' '))).toEqual([
      '#of-two has no such heading',
      'deploy.md#x has no such heading',
      'none.md is not there',
      '../../x is not there',
      'http://example.com is not https',
    ]);
    expect(missing(planted)).toEqual(['docs/planted.md:5 core/none.ts']);
  });

  it('finds links and paths to look at', () => {
    expect(all.flatMap(({ links }) => links).length).toBeGreaterThan(100);
    expect(all.flatMap(({ codes }) => codes.filter(({ text }) => isOurs(text))).length).toBeGreaterThan(50);
  });
});
