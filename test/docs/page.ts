/** The pages of the project as CommonMark reads them: fenced blocks, links, headings and inline code, each with its line. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

export const ROOT = path.join(__dirname, '..', '..');

/** A fenced block (CommonMark §4.5). */
export interface Block {
  /** Page, relative to the repository, with forward slashes. */
  readonly page: string;
  /** Line of the page on which the block's first line stands, from 1. */
  readonly line: number;
  /** First word after the fence; empty for none. */
  readonly language: string;
  readonly code: string;
}

export interface Link {
  readonly line: number;
  readonly target: string;
}

export interface Page {
  readonly name: string;
  readonly blocks: readonly Block[];
  /** Links and images, of those to somewhere else too. */
  readonly links: readonly Link[];
  /** What a link can name after `#`, as GitHub makes it of headings. */
  readonly anchors: ReadonlySet<string>;
  /** Inline code. */
  readonly codes: readonly { readonly line: number; readonly text: string }[];
}

const MARKDOWN = new MarkdownIt('commonmark', { html: true }).enable('table');

type Token = ReturnType<MarkdownIt['parse']>[number];

/** Text of a heading, without its markup. */
const plain = (token: Token): string =>
  (token.children ?? [])
    .map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : ''))
    .join('');

/** @param name of the page, relative to the repository */
export function readPage(name: string, text: string): Page {
  const slugger = new GithubSlugger();
  const blocks: Block[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  const codes: { line: number; text: string }[] = [];
  const tokens = MARKDOWN.parse(text, {});
  // Cells of a table have no place of their own; they stand in a row that has one.
  let line = 1;
  for (const [at, token] of tokens.entries()) {
    line = (token.map?.[0] ?? line - 1) + 1;
    if (token.type === 'fence')
      blocks.push({
        page: name,
        line: line + 1,
        language: token.info.trim().split(/\s/)[0] ?? '',
        code: token.content,
      });
    if (token.type !== 'inline') continue;
    if (tokens[at - 1]?.type === 'heading_open') anchors.add(slugger.slug(plain(token)));
    for (const { type, content, attrs } of token.children ?? []) {
      const target = new Map(attrs ?? []).get(type === 'image' ? 'src' : 'href');
      if (target !== undefined) links.push({ line, target });
      if (type === 'code_inline') codes.push({ line, text: content });
    }
  }
  return { name, blocks, links, anchors, codes };
}

/** Every page that a reader is sent to, in the order of their names; of the rest of the repository none is a page. */
export const PAGE_NAMES: readonly string[] = [
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  ...['docs', 'examples'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => path.posix.join(folder, ...name.split(path.sep)))
      .sort(),
  ),
];

export const pages = (): readonly Page[] =>
  PAGE_NAMES.map((name) => readPage(name, readFileSync(path.join(ROOT, name), 'utf8')));
