// Starts `airlock.mjs mirror` in this network namespace, reads one blob and one page of each protocol, ends it.
// usage: node probe-mirror.mjs AIRLOCK_MJS STORE REPOSITORY DIGEST HUB_REPOSITORY
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';

const [program, store, repository, digest, model] = process.argv.slice(2);
const child = spawn(process.execPath, [program, 'mirror', '--store', store, '--listen', '127.0.0.1:0'], {
  stdio: ['ignore', 'pipe', 'pipe'],
});
const url = await new Promise((resolve, reject) => {
  let said = '';
  const hear = (chunk) => {
    said += chunk;
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
    if (found !== null) resolve(found[0]);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.once('exit', () => reject(new Error(`the mirror ended:\n${said}`)));
});
try {
  const manifest = await fetch(`${url}/v2/${repository}/manifests/${digest}`);
  const bytes = Buffer.from(await manifest.arrayBuffer());
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== digest) throw new Error(`${url}/v2/${repository} served ${found} for ${digest}`);
  const statuses = [];
  for (const path of [
    '/healthz',
    `/api/models/${model}`,
    `/${model}/resolve/main/config.json`,
    '/terraform/x/y/z/index.json',
  ])
    statuses.push((await fetch(`${url}${path}`)).status);
  console.log(JSON.stringify(statuses));
} finally {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
