/** Pods as the constructs make them of an engine's spec, with verified weights, adapters and files. */
import { ENGINE_BUILD } from '../../../audit/programs/engines';
import type { Program } from '../../../audit/programs/program';
import type { EngineName } from '../../../catalog/engines';
import { engineContainer, scratchVolumes } from '../../../constructs/serving/engine-container';
import { withoutServer } from '../../../constructs/serving/serving-pod';
import { weightsVolume } from '../../../constructs/weights/weights-volume';
import type { Digest } from '../../../core/digest';
import type { EngineSpec } from '../../../engines/contract';
import { file, VERSIONS } from '../../engines/requests';
import { KIT_IMAGE, MODEL } from '../plans/clean-plan';
import { Draft } from '../plans/draft';
import type { Planned } from './planned';

const [MODEL_NAME = '', MODEL_DIGEST = ''] = MODEL.split('@');
const drafted = new Draft().context();
const [pod] = drafted.pods.filter(({ subject }) => subject.endsWith('/chat'));
/** With the claim of what was built, which the plan makes. */
const context = {
  ...drafted,
  objects: [...drafted.objects, { ...pod!.object, apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'x' }],
};

/** Adapters that every pod holds. */
export const ADAPTERS = ['law', 'care'].map((name) => ({
  name,
  path: `/models/${name}`,
  files: [file('adapter_model.safetensors'), file('adapter_config.json'), file('adapter.gguf')],
}));

const part = (model: string, path: string) => ({ name: model, digest: MODEL_DIGEST as Digest, totalBytes: 1, path });
const weights = weightsVolume({
  ...{ name: 'chat', namespace: 'airlock-serving', kitImage: KIT_IMAGE, mirrorUrl: 'http://weight-mirror' },
  models: [part(MODEL_NAME, '/models/m'), ...ADAPTERS.map(({ path }) => part(MODEL_NAME, path))],
  files: [
    {
      ...{ name: 'harmony-vocabularies', path: '/artifacts/harmony-vocabularies' },
      files: [{ name: 'tiktoken', digest: MODEL_DIGEST as Digest, totalBytes: 1 }],
    },
  ],
});

/** The pod that the constructs make of a spec, with a claim for what was built. */
export function plannedFor(
  name: EngineName,
  program: Program,
  spec: EngineSpec,
  { claimAt, extraArgs = [] }: { readonly claimAt?: string | undefined; readonly extraArgs?: readonly string[] } = {},
): Planned {
  const engine = engineContainer({
    ...{ spec, image: 'x', extraArgs, devices: {}, readOnlyRootFilesystem: true, weights },
    ...{ startupSeconds: 60, preStopSeconds: 10 },
  });
  const mounts = claimAt === undefined ? [] : [{ name: 'engines', mountPath: claimAt }];
  const claim = claimAt === undefined ? [] : [{ name: 'engines', persistentVolumeClaim: { claimName: 'x' } }];
  const podSpec = {
    initContainers: weights.initContainers,
    containers: [
      {
        ...(program === ENGINE_BUILD ? withoutServer(engine) : engine),
        volumeMounts: [...(engine.volumeMounts ?? []), ...mounts],
      },
    ],
    volumes: [...weights.volumes, ...scratchVolumes(spec), ...claim],
  };
  return {
    ...{ title: name, program, context, object: pod!.object, subject: pod!.subject, list: 'containers', index: 0 },
    engineOf: [
      {
        name: 'chat',
        model: MODEL_NAME,
        engine: { name, version: VERSIONS[name] },
        pool: 'h100',
        extraArgs: [...extraArgs],
      },
    ],
    json: {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'chat', namespace: 'airlock-serving' } },
      spec: { template: { spec: podSpec } },
    },
  };
}
