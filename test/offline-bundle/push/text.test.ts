import { digestOf } from '../../../core/digest';
import type { PushReport } from '../../../offline-bundle/push/push';
import { pushPage } from '../../../offline-bundle/push/text';

const report = (change: Partial<PushReport> = {}): PushReport => ({
  ...{ format: 1, result: 'pass', registry: 'registry.site.example/airlock', dryRun: false, repositories: 3 },
  blobs: { present: 4, mounted: 2, sent: 5 },
  bytes: { present: 4_000_000, mounted: 2_000_000, sent: 5_000_000, resumed: 0, network: 5_000_000 },
  manifests: { present: 1, sent: 6 },
  tags: { present: 2, set: 7, moved: 1 },
  ...{ unresolvable: [], problems: [] },
  ...change,
});

it('counts what was sent, taken over, and found', () => {
  expect(pushPage(report())).toEqual([
    'pushed: 3 repositories to registry.site.example/airlock',
    'blobs      5 sent (5.00 MB), 2 taken over from other repositories (2.00 MB), 4 there already (4.00 MB)',
    'manifests  6 sent, 1 there already',
    'tags       7 set, 1 moved, 2 there already',
  ]);
});

it('says of a dry run what would be', () => {
  const lines = pushPage(report({ dryRun: true }));
  expect(lines).toEqual([
    'to push: 3 repositories to registry.site.example/airlock',
    expect.stringContaining('5 to send (5.00 MB)'),
    expect.stringContaining('6 to send'),
    expect.stringContaining('7 to set, 1 to move'),
  ]);
});

it.each([
  ['nothing where every byte went once', 0, 5_000_000, '(5.00 MB)'],
  ['what an earlier push had sent', 2_000_000, 3_000_000, '(5.00 MB, 2.00 MB of them by an earlier push)'],
  ['what went more than once', 0, 6_000_000, '(5.00 MB; 6.00 MB over the network)'],
  ['both', 2_000_000, 4_000_000, '(5.00 MB, 2.00 MB of them by an earlier push; 4.00 MB over the network)'],
])('says of bytes sent beside their sum %s', (_, resumed, network, expected) => {
  const { bytes } = report();
  expect(pushPage(report({ bytes: { ...bytes, resumed, network } }))).toContainEqual(
    expect.stringContaining(`5 sent ${expected}, 2 taken over`),
  );
});

it('names each index that is not there, with the advice once', () => {
  const index = digestOf('index');
  const one = { repository: 'a/b', index, tags: ['1', 'latest'], absent: ['linux/arm64', 'windows/amd64'], why: '400' };
  const lines = pushPage(report({ unresolvable: [one, { ...one, tags: [], absent: [] }] }));
  expect(lines).toEqual([
    ...(pushPage(report()) as readonly string[]),
    `not there: a/b@${index} (1, latest), an index without linux/arm64, windows/amd64 (400)`,
    `not there: a/b@${index}, an index without an index in it (400)`,
    expect.stringContaining('name the digest of the manifest of a platform'),
  ]);
});

it('names what was not pushed, and lets nothing of it move the cursor', () => {
  const page = pushPage(report({ result: 'fail', problems: ['a: damaged', 'b\u001b[2J\r\n: gone'] }));
  const lines = page as readonly string[];
  expect(lines.slice(4)).toEqual(['not pushed: a: damaged', expect.stringMatching(/^not pushed: b.*: gone$/)]);
  for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f]/);
});
