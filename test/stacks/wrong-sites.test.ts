import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { AirlockError } from '../../core/errors';
import type { Enclave } from '../../site/generated/enclave';
import type { Lock } from '../../site/generated/lock';
import type { Site } from '../../site/generated/site';
import { parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { parseLock } from '../../site/lock-file';
import { synthesize } from '../../stacks/app';
import { relock } from './relock';
import { withFolder } from './synthesized';

const FOLDER = path.join(__dirname, '..', '..', 'examples', 'datacenter');
const text = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');

/** What a site is made from, loosely typed: it is going to be wrong. */
interface Loose {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- wrong on purpose
  readonly site: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- wrong on purpose
  readonly enclave: any;
}

interface Wrong {
  /** What somebody did. */
  readonly what: string;
  readonly change: (given: Loose) => void;
  /** What the error says: the field or the thing, and the value. */
  readonly says: RegExp;
  /** How to mend it. */
  readonly fix: RegExp;
  /** Whether the lock was made before the change. */
  readonly staleLock?: boolean;
}

/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- wrong on purpose */
const by = (list: any, name: string): any => list.find((item: { name: string }) => item.name === name); // eslint-disable-line @typescript-eslint/no-explicit-any
const serving = ({ site }: Loose, name: string) => by(site.servings, name);
const pool = ({ site }: Loose, name: string) => by(site.pools, name);

const LOADING: readonly Wrong[] = [
  {
    what: 'a pool that does not exist',
    change: (given) => (serving(given, 'analyst').pool = 'h10'),
    says: /servings\[0\]\.pool: there is no pool "h10"/,
    fix: /did you mean "h100"/,
  },
  {
    what: 'a model that does not exist',
    change: (given) => (serving(given, 'analyst').model = 'llama'),
    says: /servings\[0\]\.model: there is no model "llama"/,
    fix: /models of this site: gpt-oss-120b/,
  },
  {
    what: 'two servings of one name',
    change: (given) => (serving(given, 'reviewer').name = 'analyst'),
    says: /servings\[1\]\.name: "analyst" is already the name of servings\[0\]/,
    fix: /a name of its own/,
  },
  {
    what: 'two images of one name',
    change: ({ site }) => site.images.push({ name: 'tgi-nonroot', reference: 'docker.io/library/busybox:1.36' }),
    says: /images\[1\]\.name: "tgi-nonroot" is already/,
    fix: /a name of its own/,
  },
  {
    what: 'a derived image that is not listed',
    change: (given) => (serving(given, 'archive').engine.image = 'tgi-rootless'),
    says: /servings\[3\]\.engine\.image: there is no image "tgi-rootless"/,
    fix: /tgi-nonroot/,
  },
  {
    what: 'a branch in place of a commit',
    change: ({ site }) => (site.models[0].source.revision = 'main'),
    says: /models\[0\]\.source\.revision: string "main" does not match/,
    fix: /40 lower-case hexadecimal digits; a branch or tag can move/,
  },
  {
    what: 'a field that is misspelled',
    change: (given) => (serving(given, 'analyst').replica = 2),
    says: /servings\[0\].*"replica"/,
    fix: /did you mean "replicas"/,
  },
  {
    what: 'a distribution that the kit does not know',
    change: ({ site }) => (site.cluster.distribution = 'eks'),
    says: /cluster\.distribution.*"eks"/,
    fix: /rke2.*openshift/,
  },
  {
    what: 'a version of Kubernetes without quotes',
    change: ({ site }) => (site.cluster.kubernetesVersion = 1.34),
    says: /cluster\.kubernetesVersion.*1\.34/,
    fix: /quoted/,
  },
  {
    what: 'an accelerator that the kit does not know',
    change: (given) => (pool(given, 'h100').accelerator = 'nvidia-h100'),
    says: /pools\[0\]\.accelerator.*"nvidia-h100"/,
    fix: /nvidia-h100-80gb/,
  },
  {
    what: 'a name that is no DNS label',
    change: (given) => (pool(given, 'cpu').name = 'CPU_pool'),
    says: /pools\[3\]\.name: string "CPU_pool"/,
    fix: /lower-case letters, digits and hyphens/,
  },
  {
    what: 'a platform that the site does not carry',
    change: (given) => (pool(given, 'cpu').platform = 'linux/arm64'),
    says: /pools\[3\]\.platform: linux\/arm64 is not a platform of this site/,
    fix: /platforms: linux\/amd64/,
  },
  {
    what: 'GPUs of a pool that has none',
    change: (given) => (pool(given, 'cpu').gpusPerNode = 4),
    says: /pools\[3\]\.gpusPerNode: a pool without accelerator has no GPUs/,
    fix: /remove gpusPerNode/,
  },
  {
    what: 'a MIG profile that the GPU lacks',
    change: (given) => (pool(given, 'slices').sharing = { mig: '3g.71gb' }),
    says: /pools\[1\]\.sharing: MIG profile "3g\.71gb" does not exist/,
    fix: /3g\.40gb/,
  },
  {
    what: 'GPUs that are cut and shared in turns',
    change: (given) => (pool(given, 'slices').sharing = { mig: '3g.40gb', timeSlicing: 2 }),
    says: /pools\[1\]\.sharing/,
    fix: /one of mig and timeSlicing/,
  },
  {
    what: 'a review on a day that does not exist',
    change: ({ site }) => (site.models[0].license.reviewedOn = '2026-13-40'),
    says: /models\[0\]\.license\.reviewedOn.*2026-13-40/,
    fix: /YYYY-MM-DD/,
  },
];

const ENCLAVE: readonly Wrong[] = [
  {
    what: 'pods and Services on overlapping ranges',
    change: ({ enclave }) => (enclave.network.serviceCidrs = ['10.42.128.0/20']),
    says: /network\.serviceCidrs\[0\].*10\.42\.128\.0\/20.*10\.42\.0\.0\/16/,
    fix: /./,
  },
  {
    what: 'a destination that is the whole internet',
    change: ({ enclave }) => (enclave.network.destinations[0].cidr = '0.0.0.0/0'),
    says: /network\.destinations\[0\]\.cidr.*0\.0\.0\.0\/0/,
    fix: /./,
  },
  {
    what: 'a registry that nothing may reach',
    change: ({ enclave }) => (enclave.network.destinations[0].name = 'somewhere'),
    says: /destination.*"registry"/,
    fix: /network\.destinations/,
  },
  {
    what: 'the enclave of another site',
    change: ({ enclave }) => (enclave.site = 'other'),
    says: /enclave.*"other".*"datacenter"/,
    fix: /./,
  },
  {
    what: 'a pool without nodes',
    change: ({ enclave }) => delete enclave.pools.slices,
    says: /the enclave names no nodes for: slices/,
    fix: /./,
  },
  {
    what: 'a node in two pools',
    change: ({ enclave }) => enclave.pools.slices.nodes.push('gpu-01'),
    says: /pools\.slices\.nodes\[1\]: node "gpu-01" is already in pool "h100"/,
    fix: /./,
  },
  {
    what: 'a network plugin that enforces nothing',
    change: ({ site }) => (site.cluster.cni = 'flannel'),
    says: /flannel does not enforce NetworkPolicy/,
    fix: /cluster\.cni: antrea, calico/,
  },
  {
    what: 'a resolver at the address of a cloud’s metadata',
    change: ({ enclave }) => (enclave.network.nodeLocalDns = ['169.254.169.254']),
    says: /nodeLocalDns.*169\.254\.169\.254/,
    fix: /./,
  },
  {
    what: 'a cluster too old for admission policies',
    change: ({ site }) => (site.cluster.kubernetesVersion = '1.29'),
    says: /Kubernetes 1\.29 has no admission policies/,
    fix: /1\.30 or later.*cluster\.kubernetesVersion/,
  },
];

const SERVING: readonly Wrong[] = [
  {
    what: 'a site that changed after its lock',
    change: ({ site }) => (site.models[0].source.revision = 'a'.repeat(40)),
    says: /the lock does not fit the site: .*gpt-oss-120b/,
    fix: /airlock lock/,
    staleLock: true,
  },
  {
    what: 'tensor parallel that does not divide the heads',
    change: (given) => (serving(given, 'reviewer').gpus = 3),
    says: /serving "reviewer": 3 GPUs cannot divide the 64 attention heads/,
    fix: /gpus: 1, 2, 4, 8/,
  },
  {
    what: 'tensor parallel on MIG slices',
    change: (given) => (serving(given, 'assistant').gpus = 2),
    says: /serving "assistant" wants 2 MIG slices 3g\.40gb .* pool "slices", and a pod can use one alone/,
    fix: /gpus: 1, or use a pool of whole GPUs/,
  },
  {
    what: 'more GPUs than a node has',
    change: (given) => (serving(given, 'reviewer').gpus = 16),
    says: /serving "reviewer" wants 16 GPUs .* nodes of pool "h100" have 8/,
    fix: /gpus: 8 or less/,
  },
  {
    what: 'more replicas than there is room for',
    change: (given) => (serving(given, 'desk').replicas = 40),
    says: /serving "desk" wants 40 replicas .* pool "shared" has room for 16/,
    fix: /replicas: 16 or less/,
  },
  {
    what: 'servings that do not fit their pool together',
    change: (given) => (serving(given, 'analyst').replicas = 12),
    says: /pool "h100" has 16 GPUs; its servings want 19: analyst 12 × 1, reviewer 2 × 2/,
    fix: /lower replicas or gpus, or name more nodes/,
  },
  {
    what: 'a model larger than its GPU',
    change: (given) => Object.assign(serving(given, 'reviewer'), { gpus: 1, maxModelLen: 131072 }),
    says: /serving "reviewer" does not fit pool "h100": weights 61\.02 GiB .* = 94\.22 GiB of 79\.25 GiB × 0\.88/,
    fix: /maxModelLen: \d+, or gpus: 2/,
  },
  {
    what: 'a flag that would run foreign code',
    change: (given) => (serving(given, 'analyst').extraArgs = ['--trust-remote-code']),
    says: /serving "analyst".*--trust-remote-code/,
    fix: /./,
  },
  {
    what: 'a flag that a field stands for',
    change: (given) => (serving(given, 'analyst').extraArgs = ['--max-model-len=4096']),
    says: /serving "analyst".*--max-model-len/,
    fix: /maxModelLen/,
  },
  {
    what: 'a flag that the contract sets',
    change: (given) => (serving(given, 'analyst').extraArgs = ['--port', '9000']),
    says: /serving "analyst".*--port/,
    fix: /./,
  },
  {
    what: 'an image volume on a Kubernetes that has none',
    change: (given) => {
      given.site.cluster.kubernetesVersion = '1.32';
      pool(given, 'h100').weights = 'image';
    },
    says: /image.*1\.32/,
    fix: /1\.35/,
  },
  {
    what: 'a GGUF model on vLLM',
    change: (given) => (serving(given, 'analyst').model = 'qwen2-7b'),
    says: /serving "analyst": vllm loads safetensors, and the locked model has none/,
    fix: /llama\.cpp or ollama/,
  },
  {
    what: 'safetensors on llama.cpp',
    change: (given) => (serving(given, 'night-batch').model = 'qwen3-8b'),
    says: /serving "night-batch": its engine loads GGUF, and the locked model has none/,
    fix: /vllm or sglang/,
  },
  {
    what: 'a TGI that cannot run as non-root',
    change: (given) => delete serving(given, 'archive').engine.image,
    says: /serving "archive": the image of tgi 3\.3\.7 runs as root only, and no pod here may/,
    fix: /engine\.image|images/,
  },
  {
    what: 'a TensorRT engine on a release that builds none',
    change: (given) =>
      (serving(given, 'drafter').engine = { name: 'tensorrt-llm', version: '1.3.0', backend: 'engine' }),
    says: /serving "drafter".*1\.3\.0/,
    fix: /pytorch/,
  },
  {
    what: 'a backend on an engine that has one alone',
    change: (given) => (serving(given, 'analyst').engine.backend = 'engine'),
    says: /serving "analyst": vllm has no backend/,
    fix: /remove backend/,
  },
  {
    what: 'pipeline stages that do not divide the GPUs',
    change: (given) => Object.assign(serving(given, 'reviewer'), { gpus: 4, pipelineParallel: 3 }),
    says: /serving "reviewer": pipelineParallel 3 does not divide gpus 4/,
    fix: /a multiple of pipelineParallel/,
  },
  {
    what: 'an FP8 cache on Ampere',
    change: (given) => {
      pool(given, 'h100').accelerator = 'nvidia-a100-80gb';
      serving(given, 'drafter').pool = 'h100';
      Object.assign(serving(given, 'analyst'), { kvCacheDtype: 'fp8' });
    },
    says: /serving "analyst": kvCacheDtype fp8 needs FP8, which compute capability 8\.0 of pool "h100" lacks/,
    fix: /Ada, Hopper/,
  },
  {
    what: 'a type of cache that the engine does not know',
    change: (given) => (serving(given, 'analyst').kvCacheDtype = 'q8_0'),
    says: /serving "analyst": vllm has no kvCacheDtype "q8_0"/,
    fix: /fp8, fp8_e4m3/,
  },
  {
    what: 'adapters on an engine without them',
    change: (given) => (serving(given, 'desk').adapters = [{ name: 'legal', model: 'qwen3-8b' }]),
    says: /serving "desk": ollama has no adapters/,
    fix: /remove adapters/,
  },
  {
    what: 'a chat template that the model does not have',
    change: (given) => (serving(given, 'analyst').chatTemplate = 'chat.jinja'),
    says: /serving "analyst": chatTemplate "chat\.jinja" is no file of the locked model/,
    fix: /include it in the model/,
  },
  {
    what: 'a driver too old for the image',
    change: (given) => {
      pool(given, 'h100').driverVersion = '535.183.01';
      serving(given, 'analyst').engine.version = '0.27.1-cu130';
    },
    says: /serving "analyst".*CUDA 13\.0/,
    fix: /./,
  },
  {
    what: 'an engine that would take the whole of a shared GPU',
    change: (given) => (serving(given, 'drafter').pool = 'shared'),
    says: /serving "drafter" takes its engine's default share .* 4 pods of pool "shared" share/,
    fix: /memoryFraction: 0\.25 or less/,
  },
  {
    what: 'a reasoning parser on an engine without one',
    change: (given) => (serving(given, 'archive').reasoningParser = 'qwen3'),
    says: /serving "archive": tgi has no reasoningParser/,
    fix: /remove reasoningParser/,
  },
];
/* eslint-enable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return */

const committed: Lock = parseLock(text('airlock.lock.json'), 'airlock.lock.json');

/** Loads and synthesizes, as the commands do. */
function make({ change, staleLock = false }: Wrong): void {
  // Copies, since anchors of YAML are one object in several places.
  const copy = (file: string): unknown => JSON.parse(JSON.stringify(parse(text(file)))) as unknown;
  const given = { site: copy('site.yaml'), enclave: copy('enclave.yaml') };
  change(given);
  const site: Site = parseSite(stringify(given.site), 'site.yaml');
  const enclave: Enclave = parseEnclave(stringify(given.enclave), 'enclave.yaml');
  const lock = staleLock ? committed : relock(site, committed);
  withFolder((folder) => synthesize({ site, enclave, lock, outdir: path.join(folder, 'out') }));
}

/** Everything that a user is shown: what, where and how to fix it. */
function shown(wrong: Wrong): { readonly says: string; readonly fix: string; readonly errors: number } {
  try {
    make(wrong);
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    const { faults, message, fix = '' } = error;
    if (faults.length === 0) return { says: message, fix, errors: 1 };
    return {
      says: faults
        .map((fault) => `${fault.file}:${fault.line}:${fault.column} ${fault.path}: ${fault.message}`)
        .join('\n'),
      fix: faults.map((fault) => fault.fix ?? '').join('\n'),
      errors: faults.length,
    };
  }
  throw new Error('it was taken');
}

const ALL = [...LOADING, ...ENCLAVE, ...SERVING];

it('the site that they are made from is right', () => {
  expect(() => {
    make({ what: 'nothing', change: () => undefined, says: /./, fix: /./ });
  }).not.toThrow();
});

it('there are more than thirty', () => {
  expect(ALL.length).toBeGreaterThan(30);
});

describe.each(ALL.map((wrong) => [wrong.what, wrong] as const))('%s', (_what, wrong) => {
  it('is one clear error that names the place and the fix', () => {
    const { says, fix, errors } = shown(wrong);
    expect(says).toMatch(wrong.says);
    expect(fix).toMatch(wrong.fix);
    expect(errors).toBe(1);
  });
});
