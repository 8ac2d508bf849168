/** The Hub: huggingface_hub, unmodified, downloads the real model from the mirror, and a real library runs it. */
import { run, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { CLIENTS } from '../paths.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { PYTHON } from '../install/python.mjs';
import { MINILM } from '../install/versions.mjs';
import { type Journey, type RunningMirror, startMirror } from '../journey/journey.mjs';

interface Downloaded {
  readonly folder: string;
  readonly commit: string;
  readonly files: Readonly<Record<string, string>>;
}

async function python<T>(script: string, args: readonly string[], mirror: RunningMirror, home: string): Promise<T> {
  // Telemetry off: it is the one thing that the client would say to somebody else.
  const env = { HF_ENDPOINT: mirror.url, HF_HOME: home, HF_HUB_DISABLE_TELEMETRY: '1', HF_TOKEN: undefined };
  const ran = await run(PYTHON, [`${CLIENTS}/${script}`, ...args], { env, timeoutMs: 180_000 });
  expect(ran.code === 0, `${script} ${args.join(' ')} ended with status ${ran.code}:\n${tail(ran)}`);
  return JSON.parse(ran.stdout.trim().split('\n').pop() ?? '') as T;
}

function sameFiles({ commit, files }: Downloaded, expected: ReadonlyMap<string, string>): string {
  expectEqual(commit, MINILM.revision, 'commit that the mirror states');
  expectEqual(Object.entries(files).sort(), [...expected].sort(), 'SHA-256 of every file');
  expectEqual(files[MINILM.weights], MINILM.sha256, `SHA-256 of ${MINILM.weights} as publicly stated`);
  return `${Object.keys(files).length} files, ${MINILM.weights} ${MINILM.sha256.slice(0, 12)}…`;
}

/** What `browse.py` prints. */
type Browsed = Readonly<Record<string, unknown>> & { readonly modified: string };

interface Embedded {
  readonly dimensions: number;
  readonly related: number;
  readonly unrelated: number;
}

function sensible({ dimensions, related, unrelated }: Embedded): string {
  expectEqual(dimensions, 384, 'dimensions of the embedding');
  const figure = `cosine ${related.toFixed(3)} for related, ${unrelated.toFixed(3)} for unrelated sentences`;
  expect(related > 0.5 && unrelated < 0.2, figure);
  return figure;
}

export async function hub(suite: Suite, { far, store, upstream }: Journey): Promise<void> {
  const mirror = await startMirror(far, store);
  const names = [...upstream.modelFiles.keys()];
  const home = await makeFolder('hf-home');
  try {
    await suite.check('huggingface_hub snapshot_download by main', async () =>
      sameFiles(
        await python('download.py', ['snapshot', MINILM.repository, 'main'], mirror, home),
        upstream.modelFiles,
      ),
    );
    await suite.check('huggingface_hub snapshot_download by commit', async () => {
      const args = ['snapshot', MINILM.repository, MINILM.revision];
      return sameFiles(await python('download.py', args, mirror, await makeFolder('hf-home')), upstream.modelFiles);
    });
    for (const revision of ['main', MINILM.revision]) {
      await suite.check(`huggingface_hub hf_hub_download by ${revision === 'main' ? 'main' : 'commit'}`, async () => {
        const args = ['file', MINILM.repository, revision, ...names];
        return sameFiles(await python('download.py', args, mirror, await makeFolder('hf-home')), upstream.modelFiles);
      });
    }
    await suite.check('huggingface_hub looks at what is there: access, commits, lists, file system', async () => {
      const { modified, ...seen } = await python<Browsed>('browse.py', [MINILM.repository], mirror, home);
      expectEqual(
        seen,
        {
          commits: [MINILM.revision],
          branches: [MINILM.revision],
          ofAuthor: [MINILM.repository],
          ofNobody: [],
          exists: true,
          otherMissing: true,
          isFile: true,
          listed: true,
          lastCommit: [MINILM.revision],
        },
        'what huggingface_hub sees',
      );
      return `modified ${modified}`;
    });
    await suite.check('embed_anything loads the model from the mirror by itself and embeds sentences', async () =>
      sensible(await python('embed.py', [MINILM.repository], mirror, await makeFolder('hf-home'))),
    );
  } finally {
    await mirror.stop();
  }
  await suite.check('embed_anything loads what huggingface_hub downloaded, with the mirror gone', async () =>
    sensible(await python('embed.py', [MINILM.repository], mirror, home)),
  );
}
