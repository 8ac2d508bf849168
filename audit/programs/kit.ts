/** The kit's own program in pods: docs/contracts.md, "Kit program in pods". What it fetches and pins, AIR-WGT-1 judges. */
import type { Program } from './program';
import { configuredPath, exactly, keptPath, type Reader } from './reader';

/** What it names is a digest of the lock, or AIR-WGT-1 says so. */
const pinned: Reader = () => undefined;

/** Whatever answers there is held against digests; a policy decides who may be asked at all. */
const source: Reader = (value) =>
  /^https?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$|^https?:\/\/\[[0-9a-f:]+\](?::\d{1,5})?$/.test(value)
    ? undefined
    : 'expected the address of a mirror or registry, and nothing behind it';

const listened: Reader = (value) =>
  /^(?:0\.0\.0\.0|\[::\]):\d{1,5}$/.test(value) ? undefined : 'expected every address of the pod, and a port';

/** A folder of a volume; which one, AIR-WGT-2 judges. */
const volumeFolder: Reader = (value, { placed }) =>
  ['verified', 'scratch', 'kept'].includes(placed(value))
    ? undefined
    : `${value} should lie in a volume: it is ${placed(value)}`;

const CONFIGURATION: Program['mounts'] = {
  '/etc/airlock/ca': ['configuration'],
  '/etc/airlock/manifests': ['configuration'],
};

const CONTENT: Program['mounts'] = {
  ...CONFIGURATION,
  '/models/*': ['verified'],
  '/artifacts/*': ['verified'],
  '/cache': ['verified', 'kept'],
  // Of a Job that fills the claim that others read.
  '/shared': ['verified', 'kept'],
};

const FETCH: Program = {
  name: 'weights fetch',
  commands: [[]],
  words: [exactly('weights'), exactly('fetch')],
  options: {
    '--mirror': source,
    '--model': pinned,
    '--ollama': pinned,
    '--file': pinned,
    '--into': volumeFolder,
    '--cache': volumeFolder,
    '--ca': configuredPath,
  },
  neededOptions: ['--mirror'],
  variables: {},
  mounts: CONTENT,
};

const VERIFY: Program = {
  name: 'weights verify',
  commands: [[]],
  words: [exactly('weights'), exactly('verify')],
  options: { '--manifest': configuredPath, '--digest': pinned, '--dir': volumeFolder },
  neededOptions: ['--manifest', '--digest', '--dir'],
  variables: {},
  mounts: CONTENT,
};

const MIRROR: Program = {
  name: 'mirror',
  commands: [[]],
  words: [exactly('mirror')],
  options: {
    '--store': keptPath,
    '--listen': listened,
    '--fill-from': source,
    '--pin': pinned,
    '--ca': configuredPath,
  },
  neededOptions: ['--store', '--listen'],
  variables: {},
  probePaths: ['/healthz', '/readyz'],
  mounts: { ...CONFIGURATION, '/data': ['kept'] },
};

const VERSION: Program = {
  name: 'version',
  commands: [[]],
  words: [exactly('version')],
  options: {},
  variables: {},
  mounts: {},
};

/** First words of the arguments → program. */
export const KIT_PROGRAMS: Readonly<Record<string, Program>> = {
  'weights fetch': FETCH,
  'weights verify': VERIFY,
  mirror: MIRROR,
  version: VERSION,
};
