import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseLock, serializeLock } from '../../../site/lock/lock-file';
import type { Lock } from '../../../site/generated/lock';

const FILE = path.join(__dirname, '../../../examples/datacenter/airlock.lock.json');
const lock = (): Lock => parseLock(readFileSync(FILE, 'utf8'), 'airlock.lock.json');
const parsed = (change: (lock: Lock) => void): (() => Lock) => {
  const changed = lock();
  change(changed);
  return () => parseLock(serializeLock(changed), 'airlock.lock.json');
};

const UNSAFE = [
  '../../../../etc/cron.d/x',
  '/etc/x',
  'a\u001b[2Jb',
  'a\nb',
  'a\\b',
  'a/../b',
  './a',
  '..',
  'x'.repeat(300),
];

describe('a lock is refused, whoever signed it, that names', () => {
  it.each(UNSAFE)('a file of a model at %j', (name) => {
    expect(parsed(({ models }) => (models[0]!.files[0]!.path = name))).toThrow('models[0].files');
  });

  it('two files of a model that are one on some disks', () => {
    expect(
      parsed(({ models: [model] }) => {
        const [first, second] = model!.files;
        first!.path = 'README.md';
        second!.path = 'readme.md';
      }),
    ).toThrow('differ only in case');
  });

  it.each([
    ['tiny', 'tiny', 'is listed twice'],
    ['tiny', 'Tiny', 'differ only in case'],
  ])('two models that are named %s and %s', (one, other, message) => {
    const twins = parsed(({ models }) => {
      const [model] = models;
      models.splice(0, models.length, { ...model!, name: one }, { ...model!, name: other });
    });
    expect(twins).toThrow(message);
    expect(twins).toThrow(/ models: /);
  });

  const climbing = ['../..', '/etc/x', 'a/../b', 'a//b', 'a\\b'];
  it.each(climbing)('a repository like %j, wherever one stands', (text) => {
    expect(parsed(({ images }) => (images[0]!.repository = text))).toThrow(/images\[0\]\.repository/);
    expect(parsed(({ derived }) => (derived.kit.repository = text))).toThrow(/derived\.kit\.repository/);
    expect(parsed(({ derived }) => (derived.models[0]!.repository = text))).toThrow('derived.models[0].repository');
  });

  it.each(['../../..', 'a/../b'])('a provider like %j', (source) => {
    expect(parsed(({ providers }) => (providers[0]!.source = source))).toThrow('providers[0].source');
  });

  it.each(['..', '../x', 'a/b/../c'])('a package like %j', (filename) => {
    expect(parsed(({ providers }) => (providers[0]!.packages[0]!.filename = filename))).toThrow('filename');
  });

  // A slash in the name of an entry, its schema refuses.
  it.each(['models', 'images', 'files'] as const)('an entry of %s like a path', (kind) => {
    for (const name of ['../x', 'a/b', '..'])
      expect(
        parsed((changed) => {
          if (kind === 'files')
            changed.files = [{ name: 'x', url: 'https://a.example/x', size: 1, sha256: 'a'.repeat(64) }];
          changed[kind][0]!.name = name;
        }),
      ).toThrow(new RegExp(`${kind}\\[0\\]`));
  });

  it.each(['file:///etc/passwd', 'ftp://a.example/x', 'javascript:1', 'x'])('a file at the address %s', (url) => {
    expect(parsed((changed) => (changed.files = [{ name: 'x', url, size: 1, sha256: 'a'.repeat(64) }]))).toThrow(
      /files\[0\]/,
    );
  });
});

it('the lock of an example names nothing of the kind', () => {
  expect(parsed(() => undefined)).not.toThrow();
});
