/**
 * What each command says, with samples of what it reads. Every string of a sample is a stranger's, but for those that are named:
 * `ours` are words of our own vocabulary, `typed` come from the command line and only have something appended.
 */
import type { Change } from '../../../audit/changes/change';
import { changesPage } from '../../../audit/changes/text';
import { ruleTable } from '../../../audit/report/text';
import type { AuditReport } from '../../../audit/report/report';
import { reportPage } from '../../../audit/report/text';
import { blueprintOf } from '../../../blueprint/blueprint';
import { explain, type Section } from '../../../blueprint/explain';
import { sectionsPage } from '../../../blueprint/explain-text';
import type { SignedApproval } from '../../../cluster/approval/sign';
import type { Deployment } from '../../../cluster/deploy/deploy';
import type { KeptResults } from '../../../cluster/deploy/result';
import { approvalPage, deploymentPage } from '../../../cluster/deploy/text';
import type { Rollback } from '../../../cluster/deployments/rollback';
import { deployedPage, resultsPage, retiredPage, rollbackPage } from '../../../cluster/deployments/text';
import { driftPage, type DriftFindings } from '../../../cluster/drift/text';
import type { Finding } from '../../../cluster/preflight/finding';
import { preflightPage } from '../../../cluster/preflight/text';
import { connectLine, internetLine, listenLine } from '../../../cluster/probe/text';
import type { Runbook } from '../../../cluster/runbook/runbook';
import { runbookPage } from '../../../cluster/runbook/text';
import { createdLine, secretsPage, type ShownSecret } from '../../../cluster/secrets/text';
import type { ClusterStatus } from '../../../cluster/status/status';
import { statusPage } from '../../../cluster/status/text';
import { digestOf } from '../../../core/digest';
import type { Page } from '../../../core/page';
import { type FitAnswer, fitPage } from '../../../engines/fit/text';
import { createdPage, sealPage, summaryPage } from '../../../offline-bundle/bundle/text';
import type { SignResult } from '../../../offline-bundle/bundle/sign';
import type { ImportReport } from '../../../offline-bundle/import/import-bundle';
import { importPage } from '../../../offline-bundle/import/text';
import type { CatalogSummary } from '../../../offline-bundle/mirror/catalog';
import { listeningLine, servedPage } from '../../../offline-bundle/mirror/text';
import { comparedPage, lockPage } from '../../../offline-bundle/resolve/text';
import type { PushReport } from '../../../offline-bundle/push/push';
import { pushPage } from '../../../offline-bundle/push/text';
import type { CheckReport } from '../../../offline-bundle/upkeep/check';
import type { StoreProblem } from '../../../offline-bundle/upkeep/problem';
import type { RemovalPlan } from '../../../offline-bundle/upkeep/removal';
import type { RepairReport } from '../../../offline-bundle/upkeep/repair';
import { checkPage, listPage, removalPage, repairPage, usagePage } from '../../../offline-bundle/upkeep/text';
import type { BundleFacts, Usage } from '../../../offline-bundle/upkeep/usage';
import type { VerifyReport } from '../../../offline-bundle/verify/report';
import { extractPage, trustedLines, verifyPage } from '../../../offline-bundle/verify/text';
import { chartsPage, derivedPage, fetchedPage, verifiedPage } from '../../../offline-bundle/weights/text';
import { callerKeyPage, idLine, keyPairPage, encryptedKeyPage } from '../../../scripts/text/keys';
import type { History } from '../../../offline-bundle/history/history';
import { historyPage } from '../../../offline-bundle/history/text';
import { policySignaturePage } from '../../../scripts/text/trust';
import type { PolicySignature } from '../../../offline-bundle/trust/policy-signatures';
import { scriptPage } from '../../../scripts/text/completion';
import { guardLine } from '../../../scripts/text/guard';
import { writtenPage } from '../../../scripts/text/init';
import { packagePage, packagesPage } from '../../../scripts/text/licenses';
import { schemaPage } from '../../../scripts/text/schema';
import { nodeFilesPage } from '../../../scripts/text/node-config';
import { reproducedPage } from '../../../scripts/text/reproduced';
import { waiversPage } from '../../../scripts/text/waivers';
import { warningLines } from '../../../scripts/text/synth';
import type { PersonRecords } from '../../../telemetry/traces/person';
import { backupLine, deletedPage, foundPage, restoredLine } from '../../../telemetry/traces/text';
import { EXAMPLES, filesOf } from '../../blueprint/files';

export interface Run {
  readonly sample: unknown;
  readonly page: (sample: never) => Page;
  /** Names of places whose strings are our own words. */
  readonly ours?: RegExp;
  /** Names of places whose strings were typed by the person who reads the output. */
  readonly typed?: RegExp;
}

/** Holds page and sample to the same type. */
const run = <T>(sample: T, page: (sample: T) => Page, words: Pick<Run, 'ours' | 'typed'> = {}): Run => ({
  sample,
  page,
  ...words,
});

const DIGEST = digestOf('sample');
const NOW = new Date('2026-11-29T00:00:00Z');

const seal = {
  site: 'nordlicht',
  root: DIGEST,
  sequence: 99_999_999_999,
  sealedAt: '2099-01-01T00:00:00Z',
  lock: DIGEST,
  previous: DIGEST,
};

const checks: VerifyReport['checks'] = [
  {
    id: 'blob',
    subject: 'model/chat: model.safetensors (blobs/sha256/ab)',
    result: 'fail',
    detail: 'it hashes to cd',
    fault: 'changed',
  },
  { id: 'unlisted', subject: 'extra.txt', result: 'fail', detail: 'is not listed', fault: 'unlisted' },
  { id: 'seal', subject: 'seals/ab.sigstore.json', result: 'skipped', detail: 'no key was given for it' },
];
const verified: VerifyReport = {
  ...{
    format: 1,
    root: DIGEST,
    site: 'nordlicht',
    trusted: ['0123456789abcdef'],
    signers: ['0123456789abcdef'],
    seal,
    checks,
  },
  ...{ result: 'fail', counts: { pass: 7, fail: 2, skipped: 1 }, blobs: 9, bytes: 1e9 },
};
const imported: ImportReport = {
  ...{ format: 1, result: 'imported', root: DIGEST, site: 'nordlicht', seal, checks },
  ...{ trust: { signedBy: ['0123456789abcdef'], threshold: 1 } },
  ...{ copied: { blobs: 1, bytes: 1e6 }, present: { blobs: 2, bytes: 2e6 } },
  ...{ mended: ['model/chat: config.json'], problems: ['roots/x.json cannot be read'] },
};
const VERDICTS = /(?:^|\.)(?:result|fault|id|format)$/;
const signed: SignResult = {
  ...{ keyId: '0123456789abcdef', statement: { ...seal, sequence: 1, previous: null }, alreadySealed: false },
  ...{ signers: ['0123456789abcdef'], models: ['chat'], unverified: ['fedcba9876543210'] },
};
const created = {
  ...{ root: DIGEST, out: 'bundle', alreadyComplete: false, blobs: 9 },
  ...{
    totalBytes: 1e9,
    fetchedBytes: 5e8,
    keptBytes: 5e8,
    reusedBytes: 1e8,
    unusable: ['/old/blobs/sha256/ab hashes to cd'],
  },
};
const amounts = { blobs: 3, bytes: 1e9, there: 0, toReuse: 0, toFetch: 1e9 };

const statement = {
  ...{ site: 'nordlicht', plan: { 'manifest.json': DIGEST }, report: DIGEST, airlock: '0.1.0' },
  gate: 'pass' as const,
  inputs: { site: DIGEST, enclave: DIGEST, lock: DIGEST, waivers: null },
  ...{ signedAt: '2026-11-30T12:00:00Z', expires: '2026-12-30T12:00:00Z', emergency: null },
  cluster: { uid: '5a6e1f0c-6c3b-4f2e-9d44-0e2b8f6b7c11', certificateAuthority: DIGEST },
} as const;
const approved: SignedApproval = { file: 'approvals/a.json', keyId: '0123456789abcdef', name: 'Ada', statement };
const inEmergency: SignedApproval = { ...approved, statement: { ...statement, gate: 'fail', emergency: 'it is down' } };
const WORDS_OF_APPROVAL = { ours: /gate$/, typed: /^file$/ };
const deployment: Deployment = {
  ...{ site: 'nordlicht', terraform: DIGEST, emergency: false, result: 'deployments/results/000001' },
  verdict: { ok: true, needed: 1, accepted: [approved], refused: [{ file: 'b.json', why: 'it expired' }] },
  stacks: [{ stack: 'serving', add: 1, change: 2, destroy: 0, outcome: 'applied' }],
};
const kept = { number: 1, deployedAt: '2026-11-30T12:00:00Z', approvedBy: ['Ada'], plan: DIGEST };
const results: KeptResults = {
  results: [{ ...kept, emergency: true, whole: false, verified: false }],
  broken: ['result 1 does not follow on nothing'],
};

const waiver = { rule: 'AIR-POD-1', subject: 'Pod a/b', reason: 'known', approver: 'Ada', expires: '2026-12-31' };
const counts = { PROVEN: 3, VIOLATED: 1, UNPROVEN: 1, 'N/A': 0, WAIVED: 1 } as AuditReport['rules'][number]['counts'];
const place = { stack: 's', file: 'stacks/s/cdk.tf.json', pointer: '/a', inner: '/b', constructPath: 's/c' };
const finding = {
  rule: 'AIR-IMG-1',
  check: 'digest',
  subject: 'Pod a/b',
  message: 'no digest',
  value: 'x:1',
  fix: 'write',
  accepts: DIGEST,
  place,
};
const audited: AuditReport = {
  ...{ apiVersion: 'airlock/v1alpha1', kind: 'AuditReport', site: 'nordlicht', exampleLock: true, gate: 'fail' },
  inputs: { site: DIGEST, enclave: DIGEST, lock: DIGEST, plan: {} },
  rules: [
    {
      rule: 'AIR-IMG-1',
      title: 'Every image is named by its digest, in every workload of the plan',
      waivable: true,
      counts,
    },
    { rule: 'AIR-NET-1', title: 'Everything is denied first', waivable: false, counts },
  ],
  findings: [
    { ...finding, verdict: 'VIOLATED' },
    { ...finding, verdict: 'UNPROVEN' },
    { ...finding, verdict: 'WAIVED', waiver },
  ],
  expiredWaivers: [waiver],
  unboundWaivers: [waiver],
  unusedWaivers: [waiver],
};

const changes: Change[] = [
  { kind: 'state', subject: 'PersistentVolumeClaim a/b', what: 'the whole of it', before: 'there' },
  { kind: 'flow', subject: 'every pod of a → 10.0.0.0/8', what: 'TCP 443, lets out', after: 'NetworkPolicy a/c: why' },
  { kind: 'image', subject: 'Pod a/b container c', what: 'image', before: 'x', after: 'y' },
];

const estimate = {
  weightsGiB: 61,
  overheadGiB: 1,
  cacheGiB: 10,
  stateGiB: 0,
  needGiB: 72,
  haveGiB: 69,
  share: 0.88,
  fits: false,
};
const fits: FitAnswer[] = [
  { serving: 'embed', where: 'cpu', note: 'no GPUs: host memory is set by its contract' },
  {
    ...{ serving: 'chat', where: 'h100', overrule: { approver: 'Ada', reason: 'measured' } },
    fit: {
      ...{ verdict: 'tight', notUnderstood: ['rope'], hopeful: estimate, careful: estimate, kvBytesPerToken: 1024 },
      ...{ context: 4096, sequences: 1, arithmetic: 'weights 61 GiB', changes: ['gpus: 2', 'kvCacheDtype: fp8'] },
    },
  },
];

const status: ClusterStatus = {
  rows: [
    {
      namespace: 'a',
      workload: 'Deployment chat',
      part: 'engine',
      expected: DIGEST,
      running: [DIGEST],
      ready: '1/1',
      state: 'same',
    },
    { namespace: 'a', workload: 'Pod intruder', part: 'shell', running: ['x', 'y'], ready: '1/1', state: 'foreign' },
  ],
  unlocked: [DIGEST],
};
const drift: DriftFindings = {
  ...{ compared: 9, unread: ['helm_release.x'], restored: false },
  drift: [
    { subject: 'Deployment a/b', missing: true, fields: [] },
    {
      subject: 'Service a/b',
      missing: false,
      fields: [{ path: 'spec.x', planned: 'one', live: { a: 'b' }, by: 'kubectl' }],
    },
  ],
  foreign: [
    { subject: 'Pod a/b', by: 'kubectl', since: '2026', following: 2, remove: 'kubectl delete pod b --namespace a' },
    { subject: 'Pod a/c', following: 0 },
  ],
  unknown: [{ what: 'secrets', why: 'forbidden' }],
};
const findings: Finding[] = [
  { check: 'version', status: 'ok', subject: 'cluster', message: '1.34' },
  { check: 'nodes', status: 'warn', subject: 'node a', message: 'is cordoned', fix: 'uncordon it' },
  { check: 'nodes', status: 'fail', subject: 'node b', message: 'is not there', fix: 'join it' },
];
const content = { host: 'registry.example:5443', repository: 'models/chat', digest: DIGEST };
const runbook: Runbook = {
  ...{ first: false, fresh: [{ ...content, bytes: 1e9 }], left: [content] },
  steps: [
    {
      title: 'deploy stack serving',
      commands: ['terraform -chdir=cdktf.out/stacks/serving apply -input=false'],
      checks: ['kubectl rollout status --namespace a deployment/chat --timeout=600s'],
      changes: [{ stack: 'serving', subject: 'Deployment a/chat', action: 'change', fields: ['spec.a', 'spec.b'] }],
      ...{ expectedSeconds: 600, atMostSeconds: 900, pointOfNoReturn: 'PersistentVolumeClaim a/b is gone' },
    },
  ],
} as unknown as Runbook;
const secrets: ShownSecret[] = [
  {
    namespace: 'a',
    name: 'tls',
    keys: ['tls.crt', 'tls.key'],
    type: 'kubernetes.io/tls',
    usedBy: ['Deployment a/b', 'Job a/c'],
    state: 'missing',
  },
];
const rollback: Rollback = {
  ...{ from: DIGEST, to: DIGEST, found: 3, applied: true },
  stacks: [{ stack: 'serving', add: 1, change: 2, destroy: 3 }],
};
const served: CatalogSummary = {
  images: [{ repository: 'docker.io/library/busybox', tags: ['1', '2'] }],
  models: [{ repository: 'o/m', commit: '0123456789abcdef', files: 3, bytes: 1e9 }],
  providers: [{ source: 'registry.terraform.io/hashicorp/helm', version: '2.0.0', platforms: ['linux_amd64'] }],
  files: [{ path: 'files/a/b', bytes: 5 }],
  problems: [],
};
const stored: BundleFacts[] = [
  {
    ...{ kind: 'bundle', root: DIGEST, site: 'nordlicht', sequence: 3, sealedAt: '2026-11-29T00:00:00Z' },
    ...{ signedBy: ['0123456789abcdef'], newest: true, blobs: 9, bytes: 2e9, ownBytes: 1e9 },
    problems: ['its record is damaged'],
  },
  {
    ...{ kind: 'pin', root: DIGEST, site: '', repository: 'models/chat', signedBy: [], acceptedBy: 'Ada' },
    ...{ newest: false, blobs: 9, bytes: 1e9, ownBytes: 0, problems: [] },
  },
];
const STORED = { ours: /kind$/ };
const usage: Usage = {
  bundles: stored,
  artifacts: [{ artifact: 'model/chat', blobs: 3, bytes: 1e9, roots: [DIGEST] }],
  ...{ blobs: 9, bytes: 2e9, sharedBytes: 1e9, unreachedBytes: 1, stagingBytes: 2, quarantineBytes: 3 },
  prunableBytes: 6,
};
const removal: RemovalPlan = {
  roots: [{ digest: DIGEST, name: 'nordlicht, sequence 3' }],
  blobs: [{ digest: DIGEST, size: 5 }],
  ...{ paths: ['seals/x'], bytes: 5, marks: new Map([['nordlicht', { sequence: 3, root: DIGEST }]]) },
};
const problem: StoreProblem = {
  ...{ kind: 'blob', path: 'blobs/sha256/ab', what: 'hashes to cd', digest: DIGEST },
  ...{ breaks: ['nordlicht, sequence 3: model/chat: config.json', 'a', 'b', 'c'], fix: 'repair it' },
};
const checked: CheckReport = {
  ...{ format: 1, result: 'fail', problems: [problem], notes: [{ path: 'x', what: 'is odd' }] },
  ...{ read: { blobs: 3, bytes: 5 }, present: { blobs: 4, bytes: 6 }, sample: { percent: 5, seed: 'today' } },
  ...{ continued: { startedAt: '2026-11-29T00:00:00Z', blobs: 1 }, movedAside: [DIGEST] },
};
const pushed: PushReport = {
  ...{ format: 1, result: 'fail', registry: 'registry.example/air', dryRun: false, repositories: 2 },
  blobs: { present: 1, mounted: 1, sent: 1 },
  bytes: { present: 5, mounted: 5, sent: 5, resumed: 2, network: 7 },
  manifests: { present: 1, sent: 1 },
  tags: { present: 1, set: 1, moved: 1 },
  unresolvable: [{ repository: 'r.example/app', index: DIGEST, tags: ['1'], absent: ['linux/arm64'], why: '400: no' }],
  problems: ['models/tiny: a blob is damaged'],
};

const repaired: RepairReport = {
  ...{ format: 1, result: 'fail', mended: ['seals/x'], brought: { blobs: 1, bytes: 5 } },
  ...{ refused: [{ path: 'blobs/sha256/ab', what: 'it does not have it' }], problems: [problem] },
  wanted: [{ root: DIGEST, name: 'nordlicht, sequence 3', blobs: 1, bytes: 5 }],
};
const CHECKED = { ours: /(?:result|kind)$/ };
const person: PersonRecords = {
  traces: [{ project: 'default', traceId: '0123456789abcdef', spans: 3, began: '2026-11-29T00:00:00Z' }],
  datasets: [{ dataset: 'golden', examples: 2 }],
};
const fetched = { files: 3, bytes: 1e9, fetched: 1, hashed: 1 };
const { lock, site, enclave } = filesOf(EXAMPLES.find(([name]) => name.includes('datacenter'))![1]);
const packages = [{ name: 'ajv', version: '8.20.0', license: 'MIT', source: 'https://x', texts: [0] }];
const image = { name: 'chat', platform: 'linux/amd64', repository: 'models/chat', digest: DIGEST };

/** By the words of a command; one that is in no list here has not been tried with hostile data. */
const historyRecord = {
  ...{ time: '2026-06-15T12:00:00Z', root: 'sha256:a', site: 'nordlicht', sequence: 3 },
  ...{ terms: { trusted: ['a'], threshold: 1 }, verdict: 'taken', reasons: ['older'], sealedBy: ['a'], act: 'import' },
  ...{ overruled: [{ what: 'policy', reason: 'because' }], number: 1, previous: 'sha256:b', signer: 'a' },
  ...{ digest: 'sha256:c', signature: 'unchecked' },
};

export const RUNS: Readonly<Record<string, readonly Run[]>> = {
  init: [
    run({ written: ['site.yaml'], commands: ['cd x', 'airlock lock'] }, (from) =>
      writtenPage(from.written, from.commands),
    ),
  ],
  completion: [
    run({ words: ['a', 'b'] }, ({ words }) => scriptPage(words.map((word) => JSON.stringify(word)).join('\n'))),
  ],
  schema: [run({ title: 'Site', properties: { name: { description: 'Its name.' } } }, schemaPage)],
  retire: [run({ folder: 'cdktf.retired', unguarded: ['helm_release.x'] }, retiredPage)],
  'keys create': [run({ keyId: 'ab', privateFile: 'me.key', publicFile: 'me.pub' }, keyPairPage)],
  'keys encrypt': [run({ keyId: 'ab', privateFile: 'me.key', before: 'it was weak' }, encryptedKeyPage)],
  'store history': [
    run(
      {
        records: [historyRecord],
        problems: [{ file: '00000002.json', problem: 'is not a record' }],
      },
      (from) => historyPage(from as History),
      { ours: /(signature|act)$/ },
    ),
    run({ records: [historyRecord], problems: [], head: 'sha256:a' }, (from) => historyPage(from as History), {
      ours: /(signature|act)$/,
    }),
  ],
  'trust sign': [
    run({ file: 'f', keyId: 'ab', previous: 'sha256:a', policy: 'sha256:b', signers: ['ab'], threshold: 1 }, (from) =>
      policySignaturePage(from as PolicySignature),
    ),
  ],
  'keys id': [run('0123456789abcdef', idLine, { typed: /./ })],
  fit: [run(fits, fitPage, { ours: /verdict$/ })],
  lock: [
    run({ lock, file: 'airlock.lock.json' }, (from) => lockPage(from.lock, from.file, true), {
      // Digests are looked into, which a lock with others never reaches: its schema holds them.
      ours: /(?:sha256|sha256From|digest|Digest|mediaType|airlockMjs.*)$/,
      typed: /^file$/,
    }),
    run({ differences: ['model x is not locked', 'image y is'], lock: 'l', site: 's' }, (from) =>
      comparedPage(from.differences, from.lock, from.site),
    ),
  ],
  'bundle create': [
    run({ created, signed }, (from) => createdPage(from.created, from.signed, NOW), {
      typed: /out$/,
      ours: /sealedAt/,
    }),
    run(
      { artifacts: [{ artifact: 'model/chat', ...amounts }], root: DIGEST, reuse: ['older'], out: 'bundle' },
      ({ artifacts, root, reuse, out }) =>
        summaryPage({ artifacts, root, reuse, total: amounts, needed: 2, free: 1, alreadyComplete: false }, out),
    ),
  ],
  'bundle sign': [run(signed, (from) => sealPage(from, NOW), { ours: /sealedAt/ })],
  'bundle extract-record': [
    run(
      { verified, files: [{ file: 'x/site.yaml', digest: DIGEST, size: 1 }], out: 'x' },
      (from) => extractPage(from.verified, from.files, from.out),
      { ours: VERDICTS },
    ),
  ],
  verify: [
    run(
      { ...verified, keys: [{ id: 'ab' }], files: ['me.pub'] },
      (from) => [trustedLines(from.keys, from.files), verifyPage(from, NOW)],
      { ours: /(?:result|fault|id|sealedAt)$/ },
    ),
    run({ ...verified, result: 'pass' as const }, (from) => verifyPage(from, NOW), {
      ours: /(?:result|fault|id|sealedAt)$/,
    }),
  ],
  import: (['imported', 'already imported', 'refused'] as const).map((result) =>
    run({ ...imported, result }, (from) => importPage(from, 'store', NOW), { ours: /(?:result|fault|id|sealedAt)$/ }),
  ),
  mirror: [
    run({ served, url: 'http://127.0.0.1:5000' }, (from) => servedPage(from.served, from.url)),
    run('http://127.0.0.1:5000', (url) => listeningLine('http://0.0.0.0:5000', url)),
  ],
  push: [false, true].map((dryRun) => run<PushReport>({ ...pushed, dryRun }, pushPage)),
  'store list': [run(stored, listPage, STORED)],
  'store usage': [run({ ...usage, bundles: stored }, usagePage, STORED)],
  'store check': [
    run(checked, (report) => checkPage(report, 'store'), CHECKED),
    run({ ...checked, result: 'pass' as const, problems: [] }, (report) => checkPage(report, 'store'), CHECKED),
  ],
  'store repair': [
    run(repaired, (report) => repairPage(report, 'store', 'bundle'), CHECKED),
    run({ ...repaired, result: 'pass' as const }, (report) => repairPage(report, 'store', 'bundle'), CHECKED),
  ],
  'store remove': [false, true].map((done) => run(removal, (plan) => removalPage(plan, done))),
  'store prune': [run(removal, (plan) => removalPage(plan, true))],
  explain: [
    run<Section[]>(explain(blueprintOf({ site, enclave, lock })), sectionsPage, { ours: /(?:title|lines\.\d+\.0)$/ }),
  ],
  synth: [run(['a stack holds state'], warningLines)],
  audit: [
    run(audited, (report) => reportPage(report, true), { ours: /(?:verdict|gate)$/ }),
    run(audited, ruleTable),
    run([waiver], waiversPage),
    run(['stacks/a/cdk.tf.json'], (different) => reproducedPage(3, different)),
    run({ changes, against: 'previous/cdktf.out' }, (given) => changesPage(given.changes, given.against), {
      ours: /kind$/,
      typed: /against$/,
    }),
  ],
  'charts fetch': [run([{ file: 'a-1.0.tgz', sha256: 'ab' }], (files) => chartsPage(files, 5, 'charts'))],
  'weights fetch': [run('weights', (into) => fetchedPage(fetched, into), { typed: /./ })],
  'weights derive': [
    run({ images: [image], lock: 'l' }, (from) => derivedPage(from.images, from.lock, true), { typed: /^lock/ }),
  ],
  'weights verify': [
    run('weights', (dir) => verifiedPage(fetched, dir), { typed: /./ }),
    run(['config.json'], (passedOver) =>
      verifiedPage(fetched, 'weights', { keyId: '0123456789abcdef', files: 1, passedOver }),
    ),
  ],
  'guard front': [
    run({ role: 'front' as const, listening: 'http://127.0.0.1:8443', workflows: ['chat'] }, guardLine, {
      ours: /role$/,
    }),
  ],
  'guard back': [
    run({ role: 'back' as const, listening: 'http://127.0.0.1:8443', workflows: ['chat'] }, guardLine, {
      ours: /role$/,
    }),
  ],
  'gateway key': [run({ key: 'k', hash: 'h' }, callerKeyPage)],
  'traces find': [run(person, foundPage)],
  'traces delete': [run(person, (left) => deletedPage(left, 1)), run(person, (left) => deletedPage(left))],
  'traces backup': [run('dump', backupLine)],
  'traces restore': [run('dump', restoredLine)],
  'node-config': [
    run(
      { rows: [{ pool: 'h100', nodes: ['a', 'b'], file: '/etc/x', bytes: 5 }], distribution: 'rke2', howTo: 'copy' },
      (from) => nodeFilesPage(from.rows, { ...from, written: false }),
      { ours: /distribution/ },
    ),
  ],
  preflight: [
    run(findings, (from) => preflightPage(from, { verbose: true, live: false }), { ours: /(?:status|check)$/ }),
  ],
  drift: [run(drift, driftPage)],
  status: [
    run({ status, unread: ['helm_release.x'] }, (from) => statusPage(from.status, from.unread), { ours: /state$/ }),
  ],
  'audit sign': [run(approved, approvalPage, WORDS_OF_APPROVAL), run(inEmergency, approvalPage, WORDS_OF_APPROVAL)],
  deploy: [
    run(deployment, deploymentPage, { ours: /(?:outcome)$/, typed: /^result$/ }),
    run({ ...deployment, emergency: true }, deploymentPage, { ours: /(?:outcome)$/, typed: /^result$/ }),
  ],
  deployed: [
    run(results, resultsPage),
    run([DIGEST, DIGEST], (all) => deployedPage('deployments', all)),
    run([DIGEST], (all) => deployedPage('deployments', all, all[0])),
  ],
  rollback: [run(rollback, (from) => rollbackPage(from, true))],
  runbook: [
    run({ runbook, unread: ['helm_release.x'] }, (from) => runbookPage(from.runbook, from.unread), { ours: /action$/ }),
  ],
  'probe connect': [run('a:1', (target) => connectLine(target, 'open', true, 5), { typed: /./ })],
  'probe listen': [run({}, () => listenLine(8080))],
  'probe internet': [run('a:1', (target) => internetLine(target, true), { typed: /./ })],
  'secrets list': [run(secrets, (from) => secretsPage(from, 1))],
  'secrets create': [run({ secret: 'a/b', keys: ['k'] }, ({ secret, keys }) => createdLine('created', secret, keys))],
  licenses: [
    run(packages, (from) => packagesPage(from, 1)),
    run({ ...packages[0]!, words: ['MIT'] }, (from) => packagePage(from, from.words), {
      typed: /^name/,
      ours: /^words/,
    }),
  ],
};
