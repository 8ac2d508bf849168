/**
 * What each entry point exports, as text that people review: a change of a signature is a change of a committed file.
 *
 * @see https://api-extractor.com/pages/setup/configure_api_report/
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
  type IConfigFile,
} from '@microsoft/api-extractor';
import { entriesOf, LIBRARY, readManifest, ROOT } from './manifest';

/** Folder of the committed reports. */
export const API_FOLDER = 'api';

export interface ApiReports {
  /** Text of each report, by its file name. */
  readonly reports: ReadonlyMap<string, string>;
  /** Types that a public signature names and no entry exports, as `<entry>: <type>`; sorted. */
  readonly unnamed: readonly string[];
  /** Exports without a doc comment, as `<entry>: <name>`; sorted. */
  readonly undocumented: readonly string[];
}

/** Names for plain strings and numbers, which a reader need not import: of the JSON Schemas, and of labels. */
const PLAIN: ReadonlySet<string> = new Set([
  ...['Cidr', 'Cidrs', 'Digest', 'Label', 'MediaType', 'Name', 'PlainName', 'Platform', 'Reference', 'Sha256'],
  ...['SiteName', 'Size', 'Word', 'WorkflowNames', 'Labels', 'Peer'],
  // Only their keys are meant; docs/errors.md lists the codes.
  ...['PACKS', 'ERROR_CODES'],
]);

const NONE = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false } as const;

const configOf = (entry: string, files: readonly string[], folder: string): ExtractorConfig => {
  const compilerOptions = { module: 'NodeNext', target: 'ES2023', lib: ['ES2023'], types: ['node'], strict: true };
  const configObject: IConfigFile = {
    projectFolder: ROOT,
    mainEntryPointFilePath: path.join(ROOT, LIBRARY, entry, 'index.d.ts'),
    compiler: { overrideTsconfig: { compilerOptions: { ...compilerOptions, skipLibCheck: true }, files } },
    apiReport: { enabled: true, reportFileName: entry, reportFolder: folder, reportTempFolder: folder },
    newlineKind: 'lf',
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        default: NONE,
        'ae-forgotten-export': { ...NONE, logLevel: ExtractorLogLevel.Warning },
      },
      // ESLint and reviewers read doc comments; TSDoc's own syntax is not ours.
      tsdocMessageReporting: { default: NONE },
    },
  };
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(ROOT, 'package.json'),
  });
};

const FORGOTTEN = /^The symbol "([^"]+?)(?:_\d+)?" needs to be exported/;

const exportsOf = (report: string): string[] =>
  [...report.matchAll(/^export (?:abstract |declare )*(?:class|const|enum|function|interface|type) (\w+)/gm)].map(
    ([, name = '']) => name,
  );

const UNDOCUMENTED =
  /^\/\/ @public \(undocumented\)\nexport (?:abstract |declare )*(?:class|const|enum|function|interface|type) (\w+)/gm;

/**
 * Reports of the declarations that the last `npm run build:package` wrote.
 *
 * @throws Error where they are missing or do not compile
 */
export function apiReports(): ApiReports {
  const entries = entriesOf(readManifest());
  const files = entries.map((entry) => path.join(ROOT, LIBRARY, entry, 'index.d.ts'));
  const folder = mkdtempSync(path.join(tmpdir(), 'airlock-api-'));
  try {
    const configs = entries.map((entry) => [entry, configOf(entry, files, folder)] as const);
    const [first] = configs;
    if (first === undefined) throw new Error('package.json exports no entry');
    // One program for all of them: the declarations of CDKTF cost the time.
    const compilerState = CompilerState.create(first[1], { additionalEntryPoints: files });
    const reports = new Map<string, string>();
    const forgotten: (readonly [string, string])[] = [];
    for (const [entry, config] of configs) {
      const errors: string[] = [];
      const messageCallback = (message: ExtractorMessage): void => {
        const name = FORGOTTEN.exec(message.text)?.[1];
        if (name !== undefined) forgotten.push([entry, name]);
        else if (message.logLevel === ExtractorLogLevel.Error) errors.push(message.text);
        message.handled = true;
      };
      Extractor.invoke(config, { compilerState, localBuild: true, messageCallback });
      if (errors.length > 0) throw new Error(`${entry}: ${errors.join('\n')}`);
      reports.set(`${entry}.api.md`, readFileSync(path.join(folder, `${entry}.api.md`), 'utf8'));
    }
    const exported = new Set([...reports.values()].flatMap(exportsOf));
    const unnamed = forgotten.filter(([, name]) => !exported.has(name) && !PLAIN.has(name));
    const undocumented = [...reports].flatMap(([file, report]) =>
      [...report.matchAll(UNDOCUMENTED)].map(([, name = '']) => `${file.replace('.api.md', '')}: ${name}`),
    );
    return {
      reports,
      undocumented: undocumented.sort(),
      unnamed: [...new Set(unnamed.map((one) => one.join(': ')))].sort(),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lines that one text has more often than the other, `-` before those of the first; in their order. */
export function changedLines(before: string, after: string): string[] {
  const surplus = (text: string, other: string, sign: string): string[] => {
    const left = new Map<string, number>();
    for (const line of other.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
    return text.split('\n').flatMap((line) => {
      const count = left.get(line) ?? 0;
      left.set(line, count - 1);
      return count > 0 ? [] : [`${sign}${line}`];
    });
  };
  return [...surplus(before, after, '-'), ...surplus(after, before, '+')];
}
