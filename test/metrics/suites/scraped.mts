/** Real scrapes: llama.cpp with a model of random weights, and the mirror, each over loopback. */
import path from 'node:path';
import { llamaCpp } from '../../../engines/llama-cpp.js';
import { openStore } from '../../../offline-bundle/store/store.js';
import { ENGINE_EXPORTERS } from '../../../telemetry/metrics/engines.js';
import { PLATFORM_EXPORTERS } from '../../../telemetry/metrics/platform.js';
import { makeCertificates } from '../../harness/certificates.mjs';
import { ROOT } from '../../harness/paths.mjs';
import { mustRun, startService } from '../../harness/processes.mjs';
import { expect, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { LLAMA_SERVER } from '../../real-engines/install/llama-server.mjs';
import { ggufModel } from '../../real-engines/models.mjs';
import { freePort } from '../../harness/ports.mjs';
import { wrongNames } from './names.mjs';
import { promtool } from './promtool.mjs';

/** Types of metrics in a scrape, by name (prometheus.io, "Exposition formats"). */
const typesOf = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]));

const valueOf = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  );

/** A server that takes a connection while it loads, and forgets it, would be waited for until fetch itself gives up: five minutes. */
const ask = (url: string, options: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...options, signal: AbortSignal.timeout(10_000) });

async function llama(suite: Suite): Promise<void> {
  const { folder, files } = await ggufModel();
  const port = await freePort();
  const exporter = ENGINE_EXPORTERS['llama.cpp'];
  const request = { serving: 'chat', version: 'b10068', modelPath: folder, servedName: 'tiny', gpus: 0, files };
  const { args } = llamaCpp.specify({ ...request, maxModelLen: 1024 });
  const url = `http://127.0.0.1:${String(port)}`;
  // The last of two equal options counts: nothing here listens beyond loopback.
  const server = await startService(LLAMA_SERVER, [...args, '--host', '127.0.0.1', '--port', String(port)], {
    ready: async () => (await ask(`${url}/health`).catch(() => undefined))?.ok === true,
  });
  try {
    await suite.check('llama.cpp has every metric that is asked of it, and counts an answer', async () => {
      // A model without training may end its answer at any token.
      const asked = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5, ignore_eos: true };
      const body = JSON.stringify(asked);
      const answer = await ask(`${url}/v1/chat/completions`, { method: 'POST', body });
      expect(answer.ok, `it answered ${String(answer.status)}`);
      const text = await (await ask(`${url}${exporter.path}`)).text();
      const types = typesOf(text);
      const wrong = wrongNames(exporter.metrics, types);
      expect(wrong.length === 0, `${wrong.join('\n')}\n${text}`);
      const generated = valueOf(text, exporter.signals.generatedTokens?.name ?? '');
      expect(generated === 5, `it counted ${String(generated)} tokens`);
      return `${String(exporter.metrics.length)} of ${String(types.size)}, 5 tokens`;
    });
    await suite.check('llama.cpp tells neither the use of its cache nor the time to first token', async () => {
      const text = await (await ask(`${url}${exporter.path}`)).text();
      const more = [...typesOf(text).keys()].filter((name) => /kv_cache_usage|first_token/.test(name));
      expect(more.length === 0, `now it does: ${more.join(', ')}; the definition should have them`);
      return 'as documented';
    });
  } finally {
    await server.stop();
  }
}

async function mirror(suite: Suite): Promise<void> {
  const folder = await makeFolder('mirror');
  const store = path.join(folder, 'store');
  await openStore(store, { create: true });
  const { authority, certificate, key } = await makeCertificates(folder);
  const port = await freePort();
  const args = ['--store', store, '--listen', `127.0.0.1:${String(port)}`, '--tls-cert', certificate, '--tls-key', key];
  const url = `https://127.0.0.1:${String(port)}`;
  const get = (at: string): Promise<string> =>
    mustRun('curl', ['--silent', '--show-error', '--cacert', authority, `${url}${at}`]).then(({ stdout }) => stdout);
  const server = await startService(process.execPath, [path.join(ROOT, 'scripts/airlock.cjs'), 'mirror', ...args], {
    ready: (output) => output.includes('listening on'),
  });
  try {
    let text = '';
    await suite.check('the mirror has every metric that is asked of it', async () => {
      await get('/v2/');
      text = await get(PLATFORM_EXPORTERS.weightMirror.path);
      const wrong = wrongNames(PLATFORM_EXPORTERS.weightMirror.metrics, typesOf(text));
      expect(wrong.length === 0, `${wrong.join('\n')}\n${text}`);
      expect(valueOf(text, 'airlock_mirror_requests_total{protocol="oci",code="200"}') === 1, text);
      return `${String(typesOf(text).size)} metrics`;
    });
    await suite.check('promtool finds nothing to say of how the mirror names and types them', async () => {
      const { code, stdout, stderr } = await promtool(['check', 'metrics'], text);
      expect(code === 0, `${stdout}${stderr}`);
      const planted = await promtool(
        ['check', 'metrics'],
        text.replaceAll('airlock_mirror_requests_total', 'airlock_mirror_requests'),
      );
      expect(planted.code !== 0, 'a counter without _total was taken');
      expectMatch(`${planted.stdout}${planted.stderr}`, /counter metrics should have "_total" suffix/, 'lint');
      return 'clean';
    });
  } finally {
    await server.stop();
  }
}

export async function scraped(suite: Suite): Promise<void> {
  await llama(suite);
  await mirror(suite);
}
