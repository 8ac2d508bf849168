/** Ollama, built once for each version with its runner for CPUs, statically linked. */
import path from 'node:path';
import { BIN } from '../../harness/go.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { OLLAMA } from '../versions.mjs';
import { built, llamaCppSources } from './sources.mjs';

export const OLLAMA_PROGRAM = path.join(BIN, `ollama-${OLLAMA.version}`);

export const installOllama = async (): Promise<string> =>
  `${OLLAMA.version} ${await built(OLLAMA_PROGRAM, async (staging) => {
    // Go modules leave out folders called "vendor"; llama.cpp's holds two header-only libraries that its copy here needs.
    const headers = path.join(await llamaCppSources(staging), 'vendor');
    const env = {
      CGO_ENABLED: '1',
      CGO_CPPFLAGS: `-I${headers}`,
      CGO_CFLAGS: '-O1',
      CGO_CXXFLAGS: '-O1',
      GOFLAGS: '-buildvcs=false',
    };
    await mustRun('go', ['mod', 'init', 'airlock.example/download'], { env, cwd: staging });
    const { stdout } = await mustRun('go', ['mod', 'download', '-json', `${OLLAMA.module}@${OLLAMA.version}`], {
      env,
      cwd: staging,
      timeoutMs: 300_000,
    });
    const source = path.join(staging, 'source');
    const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
    await mustRun('cp', ['-r', '--no-preserve=mode', Dir, source]);
    const output = path.join(staging, 'ollama');
    const flags = ['-p', '2', '-trimpath', '-ldflags=-s -w -linkmode external -extldflags "-static"'];
    await mustRun('nice', ['go', 'build', ...flags, '-o', output, '.'], { env, cwd: source, timeoutMs: 1_800_000 });
    return output;
  })}`;
