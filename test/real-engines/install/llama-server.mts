/** llama-server, built once for each version: for any CPU, without TLS, a web page or a downloader, statically linked. */
import path from 'node:path';
import { BIN } from '../../harness/go.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { LLAMA_CPP } from '../versions.mjs';
import { built, llamaCppSources } from './sources.mjs';

export const LLAMA_SERVER = path.join(BIN, `llama-server-${LLAMA_CPP.package}-${LLAMA_CPP.version}`);

const OFF = [
  ...['BUILD_SHARED_LIBS', 'GGML_NATIVE', 'GGML_OPENMP', 'GGML_CCACHE', 'GGML_LLAMAFILE', 'LLAMA_OPENSSL'],
  ...['LLAMA_BUILD_TESTS', 'LLAMA_BUILD_EXAMPLES', 'LLAMA_BUILD_APP', 'LLAMA_USE_PREBUILT_UI', 'LLAMA_ALL_WARNINGS'],
];
/** Little optimization: building takes longer than all the tests that run it. */
const FLAGS = '-O1 -DNDEBUG';

export const installLlamaServer = async (): Promise<string> =>
  `${LLAMA_CPP.package} ${LLAMA_CPP.version} ${await built(LLAMA_SERVER, async (staging) => {
    const source = await llamaCppSources(staging);
    const output = path.join(staging, 'build');
    const options = [
      ...OFF.map((name) => `-D${name}=OFF`),
      ...['LLAMA_BUILD_TOOLS', 'LLAMA_BUILD_SERVER'].map((name) => `-D${name}=ON`),
      ...['-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_EXE_LINKER_FLAGS=-static -s'],
      ...['C', 'CXX'].map((language) => `-DCMAKE_${language}_FLAGS_RELEASE=${FLAGS}`),
    ];
    await mustRun('cmake', ['-S', source, '-B', output, ...options]);
    const build = ['cmake', '--build', output, '--target', 'llama-server', '--parallel', '2'];
    await mustRun('nice', build, { timeoutMs: 1_800_000 });
    return path.join(output, 'bin/llama-server');
  })}`;
