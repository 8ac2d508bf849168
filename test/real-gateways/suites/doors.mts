/** What engines serve beside their interface, and what gateways serve beside theirs. */
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { call, chat } from '../call.mjs';
import type { RunningGateway } from '../gateways/gateway.mjs';
import { KEYS } from '../policy.mjs';
import type { Recorder } from '../world/recorder.mjs';

/** Of llama.cpp, vLLM, SGLang, Ollama and TGI. */
const ENGINE_PATHS = [
  ...[
    '/slots',
    '/props',
    '/metrics',
    '/health',
    '/completion',
    '/infill',
    '/tokenize',
    '/apply-template',
    '/lora-adapters',
  ],
  ...['/models/load', '/v1/completions', '/v1/embeddings', '/v1/rerank', '/v1/audio/transcriptions'],
  ...[
    '/v1/load_lora_adapter',
    '/v1/unload_lora_adapter',
    '/sleep',
    '/wake_up',
    '/collective_rpc',
    '/reset_prefix_cache',
  ],
  ...['/flush_cache', '/update_weights_from_disk', '/start_profile', '/get_server_info', '/generate'],
  ...['/api/pull', '/api/delete', '/api/tags', '/api/blobs/sha256:00'],
] as const;
/** Ways to write a path that some servers resolve to another. */
const DISGUISES = [
  ...['/v1/chat/completions/../../slots', '/v1/chat/completions/%2e%2e/%2e%2e/slots', '//slots', '/v1/../slots'],
  ...[
    '/v1/chat/completions/',
    '//v1/chat/completions',
    '/V1/chat/completions',
    '/v1/chat/completions%2f..%2f..%2fslots',
  ],
] as const;
/** Of the administrators of gateways. */
const ADMIN_PATHS = [
  ...[
    '/',
    '/ui',
    '/docs',
    '/redoc',
    '/openapi.json',
    '/routes',
    '/config_dump',
    '/debug/pprof',
    '/quitquitquit',
    '/logging',
  ],
  ...[
    '/key/generate',
    '/key/info',
    '/model/info',
    '/model/new',
    '/get/config',
    '/config/update',
    '/config/yaml',
    '/health/services',
  ],
  ...['/sso/key/generate', '/fallback/login', '/public/model_hub', '/.well-known/litellm-ui-config', '/global/spend'],
  ...['/engines/claims/chat/completions', '/openai/deployments/claims/chat/completions', '/chat/completions', '/test'],
] as const;

const BODY = { model: 'claims', messages: [{ role: 'user', content: 'x' }], prompt: 'x', input: 'x' };

export async function doors(suite: Suite, gateway: RunningGateway, upstream: Recorder): Promise<void> {
  const { url } = gateway;
  const shut = async (what: string, paths: readonly string[], keys: readonly (string | undefined)[]): Promise<void> => {
    await suite.check(what, async () => {
      upstream.clear();
      const open: string[] = [];
      for (const path of paths)
        for (const key of keys)
          for (const method of ['GET', 'POST', 'DELETE']) {
            const body = method === 'POST' ? { body: BODY } : {};
            const { status } = await call(url, path, { method, ...body, ...(key === undefined ? {} : { key }) });
            if (status < 400) open.push(`${method} ${path} ${String(status)}`);
          }
      expectEqual(open, [], 'open paths');
      expectEqual(upstream.seen().length, 0, 'calls that reached an engine');
      return `${String(paths.length * keys.length * 3)} calls`;
    });
  };
  await shut('paths of engines are closed, with a key and without', ENGINE_PATHS, [KEYS.team, undefined]);
  await shut('paths in disguise are closed', DISGUISES, [KEYS.team]);
  await shut("the gateway's own administration is closed, with a key and without", ADMIN_PATHS, [KEYS.team, undefined]);
  await suite.check('streaming is refused where the workflow does not stream', async () => {
    upstream.clear();
    const { status, body } = await chat(url, 'claims', KEYS.team, 'Hello.', { stream: true });
    expect(status === 400 || status === 403, `${String(status)} ${body.slice(0, 200)}`);
    expectEqual(upstream.seen().length, 0, 'calls that reached an engine');
    return String(status);
  });
}
