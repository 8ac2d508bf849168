import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { sha256Hex } from './bytes';
import { QUICKSTART_FILE, quickstartWorld } from './quickstart';
import { startWorld, type World } from './world';

interface SiteText {
  readonly models: readonly { readonly source: { readonly repository: string; readonly revision: string } }[];
  readonly files: readonly { readonly url: string; readonly sha256: string }[];
}

let world: World;
let site: SiteText;
beforeAll(async () => {
  world = await startWorld(await quickstartWorld());
  site = parse(await readFile(path.resolve(__dirname, '../../examples/quickstart/site.yaml'), 'utf8')) as SiteText;
});
afterAll(() => world.close());

test('the example names the commits that its world serves', () => {
  for (const { source } of site.models) expect(source.revision).toBe(world.hub?.revisionOf(source.repository));
});

test('the example’s file is served under the hash that it states', async () => {
  const [file] = site.files;
  const { host, pathname } = new URL(file!.url);
  const answer = await fetch(`${world.upstreams[host] ?? ''}${pathname}`);
  expect(sha256Hex(Buffer.from(await answer.arrayBuffer()))).toBe(file!.sha256);
  expect(sha256Hex(QUICKSTART_FILE)).toBe(file!.sha256);
});

test('the environment leads every host of the example to loopback', () => {
  expect(Object.keys(world.upstreams)).toEqual(['docker.io', 'ghcr.io', 'registry.terraform.io', 'downloads.example']);
  expect(world.environment['HF_ENDPOINT']).toBe(world.hub?.url);
  expect(world.environment['AIRLOCK_UPSTREAMS']).toMatch(/^docker\.io=http:\/\/127\.0\.0\.1:\d+,ghcr\.io=/);
});

test('requests to every server are on record', async () => {
  const before = world.requests().length;
  await fetch(`${world.hub?.url ?? ''}/api/models/outside-example/little-llama`);
  await fetch(`${world.registries['ghcr.io']?.url ?? ''}/v2/`);
  expect(world.requests().length).toBe(before + 2);
});
