import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { digestOf } from '../../../core/digest';
import { madeContent } from '../../../offline-bundle/layout/artifacts';
import { assembleKitImage, kitLayer } from '../../../offline-bundle/layout/kit-image';
import { sample } from '../bundle/sample-lock';
import { seededBytes } from '../../outside-world/bytes';

const program = Buffer.from('#!/usr/bin/env node\n');

async function assembled(entrypoint: string[]): Promise<{ config: Record<string, unknown>; layers: unknown[] }> {
  const { lock } = await sample();
  const base = lock.images[0]!;
  const config = Buffer.from(
    JSON.stringify({
      config: { Entrypoint: entrypoint },
      rootfs: { type: 'layers', diff_ids: [digestOf('one'), digestOf('two')] },
    }),
  );
  const kit = await assembleKitImage(
    base,
    new Map([['linux/amd64', config]]),
    madeContent('text/javascript', program),
    '1',
  );
  const made = kit.contents.find(({ descriptor }) => descriptor.digest === kit.section.manifests[0]!.config.digest)!;
  return {
    config: (JSON.parse(made.bytes.toString()) as { config: Record<string, unknown> }).config,
    layers: kit.section.manifests[0]!.layers,
  };
}

describe("the kit's layer", () => {
  it('holds the program alone, without time or owner', async () => {
    const layer = await kitLayer(program);
    const names: unknown[] = [];
    const archive = extract();
    archive.on('entry', ({ name, type, mode, uid, gid, mtime }, stream, next) => {
      names.push([name, type, mode, uid, gid, mtime.getTime()]);
      stream.on('end', next);
      stream.resume();
    });
    archive.end(gunzipSync(layer.content.bytes));
    await once(archive, 'finish');
    expect(names).toEqual([
      ['opt/', 'directory', 0o755, 0, 0, 0],
      ['opt/airlock/', 'directory', 0o755, 0, 0, 0],
      ['opt/airlock/airlock.mjs', 'file', 0o644, 0, 0, 0],
    ]);
  });

  it('is the same on every run, for small programs and large ones', async () => {
    for (const bytes of [program, Buffer.alloc(0), seededBytes('program', 3_000_001)])
      expect((await kitLayer(bytes)).content.bytes.equals((await kitLayer(bytes)).content.bytes)).toBe(true);
    // Fixed once and for all: the locks of earlier builds name images made of these bytes.
    expect((await kitLayer(program)).content.descriptor.digest).toBe(
      'sha256:22190f2227d130b120edb84e99b4b5be52798fb4d03a8b320cd3bae982cbea5e',
    );
  });
});

describe("the kit's image", () => {
  it('starts Node of a slim image by its name and of a distroless one by its path, as a numeric user', async () => {
    const entry = async (entrypoint: string[]): Promise<unknown> => (await assembled(entrypoint)).config['Entrypoint'];
    expect(await entry(['docker-entrypoint.sh'])).toEqual(['node', '/opt/airlock/airlock.mjs']);
    expect(await entry(['/nodejs/bin/node'])).toEqual(['/nodejs/bin/node', '/opt/airlock/airlock.mjs']);
    expect((await assembled([])).config).toMatchObject({ User: '65532:65532' });
  });

  it('puts its layer on those of the base', async () => {
    const { lock } = await sample();
    const { layers } = await assembled([]);
    expect(layers.slice(0, -1)).toEqual(lock.images[0]!.manifests[0]!.layers);
    expect(layers.at(-1)).toMatchObject({ digest: (await kitLayer(program)).content.descriptor.digest });
  });

  it('cannot be made without the config of every platform, or from one that describes no layers', async () => {
    const { lock } = await sample();
    const make = (configs: [string, Buffer][]): Promise<unknown> =>
      assembleKitImage(lock.images[0]!, new Map(configs), madeContent('text/javascript', program), '1');
    await expect(make([])).rejects.toThrow('image kit-base has no config for linux/amd64');
    for (const bad of ['{}', 'null', 'no JSON', '{"rootfs":{"type":"layers"}}'])
      await expect(make([['linux/amd64', Buffer.from(bad)]])).rejects.toMatchObject({ kind: 'check' });
  });
});
