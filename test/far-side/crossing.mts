/** One folder goes all the way: from a medium and a public key to an audited plan, typed step by step. */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../harness/paths.mjs';
import { tail } from '../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../harness/report.mjs';
import { print } from '../harness/tier.mjs';
import type { Enclave } from './enclave.mjs';
import type { Crossing } from './near-side.mjs';

/** The commands of docs/far-side.md that take airlock.mjs and Node out of an accepted bundle, as they stand on the page. */
async function documentedSteps(): Promise<string> {
  const page = await readFile(path.join(ROOT, 'docs/far-side.md'), 'utf8');
  const block = /^## Without any Node$[\s\S]*?^```sh\n([\s\S]*?)^```$/m.exec(page)?.[1];
  expect(block !== undefined, 'docs/far-side.md has no commands for a far side without Node');
  return block;
}

/** Asks the mirror as an engine's host would, with nothing but Node. */
const ASK = `const [url, repository, revision, file, sha256] = process.argv.slice(1);
const response = await fetch(\`\${url}/\${repository}/resolve/\${revision}/\${file}\`);
const { createHash } = await import('node:crypto');
const hash = createHash('sha256').update(Buffer.from(await response.arrayBuffer())).digest('hex');
if (hash !== sha256) throw new Error(\`\${file}: \${response.status} \${hash}\`);
console.log(\`\${file} \${hash}\`);`;

/** Steps that the kit does not have yet; each becomes a step of this thread when its command is there. */
const OPEN: readonly { readonly command: string; readonly what: string }[] = [
  { command: 'inspect', what: 'look at what a medium says of itself before it is imported' },
  { command: 'admit', what: 'make imported content servable by a decision' },
  { command: 'audit sign', what: 'sign the verdict over the plan' },
  { command: 'deploy', what: 'apply exactly what was signed' },
  { command: 'call', what: 'a caller is answered by the deployed gateway' },
];

export async function crossing(suite: Suite, { media, far, program }: Crossing, enclave: Enclave): Promise<void> {
  const kit = path.join(far, 'kit');
  const site = path.join(far, 'site');
  const variables: Record<string, string> = { KEY: path.join(far, 'release.pub'), KIT: kit, MEDIA: media };
  await mkdir(kit);
  const typed = async (folder: string, script: string): Promise<string> => {
    print(script.replace(/^/gm, '  $ '));
    const ran = await enclave.type(folder, script, variables);
    const said = tail(ran, 12);
    if (said !== '') print(said.replace(/^/gm, '    '));
    expect(ran.code === 0, `ended with status ${String(ran.code)}:\n${tail(ran)}`);
    return `${ran.stdout}${ran.stderr}`;
  };
  const step = async (name: string, body: () => Promise<string>): Promise<void> => {
    if (!(await suite.check(name, body))) throw new Error(`the thread ends at "${name}"`);
  };
  const lineOf = (text: string, begin: string): string => {
    const line = text.split('\n').find((one) => one.startsWith(begin));
    expect(line !== undefined, `no line begins with "${begin}"`);
    return line;
  };
  const last = (text: string): string => text.trim().split('\n').pop() ?? '';

  await step('there is no Node, no npm, no home and no way out', async () => {
    const absent = 'for NAME in node npm npx; do ! command -v $NAME; done; [ -z "${HOME-}" ]; cat /proc/net/route';
    expectEqual((await typed(far, absent)).trim().split('\n').length, 1, 'lines of /proc/net/route, its head alone');
    return 'nothing';
  });
  await step('the check of START-HERE accepts the medium, with openssl and coreutils alone', async () =>
    last((await typed(media, `sh "${path.join(far, 'check.sh')}" 2>&1 | grep -e ACCEPTED -e REFUSED`)).trim()),
  );
  await step('airlock.mjs and Node come out of accepted blobs, by the commands of docs/far-side.md', async () => {
    const version = last(await typed(media, await documentedSteps()));
    expectMatch(version, /^\d+\.\d+\.\d+$/, 'its version');
    expect(
      (await readFile(path.join(kit, 'airlock.mjs'))).equals(program),
      'airlock.mjs is not what the checkout builds',
    );
    return version;
  });
  const { stdout } = await enclave.type(far, 'find "$KIT" -type f -name node', variables);
  variables['NODE'] = stdout.trim();
  const airlock = (line: string): string => `"$NODE" "$KIT/airlock.mjs" ${line}`;
  await step('verify: every byte, by the second route', async () =>
    lineOf(await typed(far, airlock('verify "$MEDIA" --trust "$KEY"')), 'intact: '),
  );
  await step('import', async () =>
    lineOf(await typed(far, airlock('import "$MEDIA" --trust "$KEY" --store store')), 'imported: '),
  );
  await step('site and lock come out of the bundle', async () => {
    await typed(far, airlock('bundle extract-record "$MEDIA" --trust "$KEY" --out site'));
    return (await readdir(site)).sort().join(', ');
  });
  await step('mirror, on loopback: a model file with the hash of the lock', async () => {
    const { models } = JSON.parse(await readFile(path.join(site, 'airlock.lock.json'), 'utf8')) as {
      models: { source: { repository: string; revision: string }; files: { path: string; sha256: string }[] }[];
    };
    const [model] = models;
    const file = model?.files.find(({ path: name }) => name.endsWith('.safetensors'));
    expect(model !== undefined && file !== undefined, 'the lock has no safetensors file');
    variables['ASK'] = ASK;
    const ask = `"$NODE" --input-type=module -e "$ASK" http://127.0.0.1:5443 ${model.source.repository} ${model.source.revision} ${file.path} ${file.sha256}`;
    const script = [
      `${airlock('mirror --store store --listen 127.0.0.1:5443')} >mirror.log 2>&1 & MIRROR=$!`,
      'for TRY in 1 2 3 4 5 6 7 8 9 10; do grep -q 127.0.0.1:5443 mirror.log && break; sleep 1; done',
      ask,
      'kill $MIRROR',
    ];
    return last(await typed(far, script.join('\n')));
  });
  await step("synth, beside the enclave's own file", async () => {
    await typed(far, 'cp enclave.yaml site/');
    await typed(site, airlock('synth'));
    expectEqual((await readdir(site)).sort(), ['airlock.lock.json', 'cdktf.out', 'enclave.yaml', 'site.yaml'], 'files');
    return (await readdir(path.join(site, 'cdktf.out/stacks'))).sort().join(', ');
  });
  await step('audit', async () => lineOf(await typed(site, airlock('audit')), 'PASS: '));
  await step('nothing was written onto the medium', async () => {
    const names = (await readdir(media)).sort();
    expectEqual(names, ['SHA256SUMS', 'START-HERE.txt', 'blobs', 'index.json', 'oci-layout', 'seals'], 'files');
    return `${String((await stat(media)).size)} bytes of folder`;
  });
  for (const { command, what } of OPEN) {
    const { stdout: help } = await enclave.type(far, airlock(`${command} --help`), variables);
    const there = help.startsWith(`Usage: airlock ${command} `)
      ? '; the command is there, this thread does not go through it yet'
      : '';
    print(`open: ${command}: ${what}${there}`);
  }
}
