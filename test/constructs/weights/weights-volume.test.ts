import { weightsVolume } from '../../../constructs/weights/weights-volume';
import { digestOf } from '../../../core/digest';

const GIB = 1024 ** 3;
const MODEL = { name: 'chat', digest: digestOf('chat'), totalBytes: GIB, path: '/models/chat' };
const KIT = {
  name: 'chat',
  namespace: 'airlock-serving',
  kitImage: `registry/airlock/kit@${digestOf('kit')}`,
  mirrorUrl: 'http://mirror:8080',
};
const VOCABULARIES = {
  name: 'tiktoken',
  path: '/artifacts/tiktoken',
  files: [
    { name: 'o200k', digest: digestOf('o200k'), totalBytes: 3_600_000 },
    { name: 'cl100k', digest: digestOf('cl100k'), totalBytes: 1_700_000 },
  ],
};

describe('weightsVolume', () => {
  it('fetches every model into a volume of its own, which the engine mounts read-only', () => {
    const adapter = { name: 'law', digest: digestOf('law'), totalBytes: 100, path: '/models/law' };
    const { initContainers, volumes, mounts } = weightsVolume({ ...KIT, models: [MODEL, adapter] });
    expect(initContainers.map(({ name, args }) => [name, args])).toEqual([
      [
        'weights',
        ['weights', 'fetch', '--mirror', KIT.mirrorUrl, '--model', `chat@${MODEL.digest}`, '--into', '/models/chat'],
      ],
      [
        'weights-1',
        ['weights', 'fetch', '--mirror', KIT.mirrorUrl, '--model', `law@${adapter.digest}`, '--into', '/models/law'],
      ],
    ]);
    expect(volumes.map(({ name }) => name)).toEqual(['weights', 'weights-1']);
    expect(mounts).toEqual([
      { name: 'weights', mountPath: '/models/chat', readOnly: true },
      { name: 'weights-1', mountPath: '/models/law', readOnly: true },
    ]);
  });

  it('fetches a set of files into one folder', () => {
    const { initContainers, mounts, ephemeralBytes } = weightsVolume({
      ...KIT,
      models: [MODEL],
      files: [VOCABULARIES],
    });
    expect(initContainers[1]).toMatchObject({
      name: 'files-tiktoken',
      args: [
        ...['weights', 'fetch', '--mirror', KIT.mirrorUrl],
        ...['--file', `o200k@${digestOf('o200k')}`, '--file', `cl100k@${digestOf('cl100k')}`],
        ...['--into', '/artifacts/tiktoken'],
      ],
      volumeMounts: [{ name: 'files-tiktoken', mountPath: '/artifacts/tiktoken' }],
    });
    expect(mounts[1]).toEqual({ name: 'files-tiktoken', mountPath: '/artifacts/tiktoken', readOnly: true });
    expect(ephemeralBytes).toBeGreaterThan(1.05 * GIB + 5_300_000);
  });
});
