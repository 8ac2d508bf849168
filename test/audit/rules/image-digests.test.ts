import { digestOf } from '../../../core/digest';
import { ENGINE_IMAGE, REGISTRY, TOOLBOX_IMAGE } from '../plans/clean-plan';
import { type Case, ENGINE, expectFault, expectProven, Draft, MIRROR_POD, POD, testRule } from '../plans/draft';
import { addedPod, addTyped, addWorkload, KINDS, toolContainer, TYPED_KINDS } from '../plans/workloads';

const RULE = 'AIR-IMG-1';
const TAGGED = `${REGISTRY}/docker.io/library/busybox:1.36`;
const index = digestOf('engine-vllm-0.27.1-nvidia index');

describe('images are lock digests on the registry of the enclave', () => {
  testRule(RULE, [
    { name: 'a tag', fault: (plan) => plan.put(`${ENGINE}/image`, TAGGED), check: 'digest', at: `${ENGINE}/image` },
    {
      name: 'a digest on another registry',
      fault: (plan) => plan.put(`${ENGINE}/image`, ENGINE_IMAGE.replace(REGISTRY, 'docker.io')),
      check: 'registry',
      at: `${ENGINE}/image`,
      subject: 'Deployment airlock-serving/chat container engine',
    },
    {
      name: 'a registry whose name only begins like the enclave’s',
      fault: (plan) => plan.put(`${ENGINE}/image`, ENGINE_IMAGE.replace('/', '.evil.example/')),
      check: 'registry',
      at: `${ENGINE}/image`,
    },
    {
      name: 'a digest that the lock does not have',
      fault: (plan) => plan.put(`${ENGINE}/image`, ENGINE_IMAGE.replace(/.{64}$/, 'ab'.repeat(32))),
      check: 'lock',
      at: `${ENGINE}/image`,
    },
    {
      name: 'a locked digest in the repository of another image',
      fault: (plan) => plan.put(`${ENGINE}/image`, TOOLBOX_IMAGE.replace('library/busybox', 'vllm/vllm-openai')),
      check: 'lock',
      at: `${ENGINE}/image`,
    },
    {
      name: 'a tag beside the digest',
      fault: (plan) => plan.put(`${ENGINE}/image`, ENGINE_IMAGE.replace('@', ':v1@')),
      check: 'lock',
      at: `${ENGINE}/image`,
    },
    {
      name: 'a digest of another algorithm',
      fault: (plan) => plan.put(`${ENGINE}/image`, ENGINE_IMAGE.replace(/sha256:.*/, `sha512:${'ab'.repeat(64)}`)),
      check: 'digest',
      at: `${ENGINE}/image`,
    },
    {
      name: 'an index whose children are not all carried',
      twin: (plan) => {
        plan.lock = { ...plan.lock, images: plan.lock.images.map((image) => ({ ...image, complete: true })) };
        plan.put(`${ENGINE}/image`, ENGINE_IMAGE.replace(/sha256:.*/, index));
      },
      fault: (plan) => {
        plan.lock = { ...plan.lock, images: plan.lock.images.map((image) => ({ ...image, complete: false })) };
      },
      check: 'lock',
      at: `${ENGINE}/image`,
    },
    { name: 'no image', fault: (plan) => plan.drop(`${ENGINE}/image`), check: 'missing', at: ENGINE },
    {
      name: 'an init container',
      fault: (plan) => plan.put(`${POD}/initContainers/0/image`, TAGGED),
      check: 'digest',
      at: `${POD}/initContainers/0/image`,
      subject: 'init container weights',
    },
    {
      name: 'an ephemeral container',
      twin: (plan) => plan.put(`${POD}/ephemeralContainers`, [toolContainer()]),
      fault: (plan) => plan.put(`${POD}/ephemeralContainers/0/image`, TAGGED),
      check: 'digest',
      at: `${POD}/ephemeralContainers/0/image`,
      subject: 'ephemeral container tool',
    },
    {
      name: 'an image volume',
      twin: (plan) => plan.put(`${POD}/volumes/-`, { name: 'tools', image: { reference: TOOLBOX_IMAGE } }),
      fault: (plan) => plan.put(`${POD}/volumes/1/image/reference`, TAGGED),
      check: 'digest',
      at: `${POD}/volumes/1/image/reference`,
      subject: 'image volume tools',
    },
    {
      name: 'a typed resource',
      fault: (plan) => plan.put(`${MIRROR_POD}/container/0/image`, TAGGED),
      check: 'digest',
      at: `${MIRROR_POD}/container/0/image`,
    },
    {
      name: 'a value that only Terraform knows',
      fault: (plan) =>
        plan.put('/resource/kubernetes_deployment_v1/mirror/spec/template/spec/container/0/image', '${var.image}'),
      check: 'unknown',
      at: `${MIRROR_POD}/container/0/image`,
      verdict: 'UNPROVEN',
    },
    ...KINDS.flatMap((kind): Case[] =>
      ['containers', 'initContainers'].map((list) => ({
        name: `${list} of a ${kind.kind}`,
        twin: (plan) => addWorkload(plan, kind),
        fault: (plan) => plan.put(`${addedPod(kind)}/${list}/0/image`, TAGGED),
        check: 'digest',
        at: `${addedPod(kind)}/${list}/0/image`,
        subject: `${kind.kind} airlock-serving/tool`,
      })),
    ),
    ...TYPED_KINDS.flatMap((kind): Case[] =>
      ['container', 'init_container'].map((list) => ({
        name: `${list} of a ${kind.type}`,
        twin: (plan) => addTyped(plan, kind),
        fault: (plan) => plan.put(`/resource/${kind.type}/tool${kind.spec}/${list}/0/image`, TAGGED),
        check: 'digest',
        at: `/resource/${kind.type}/tool${kind.spec}/${list}/0/image`,
      })),
    ),
  ]);

  it('finds the fault in a kubernetes_manifest too, and names its construct', () => {
    const manifest = (image: string): Draft =>
      new Draft().put('/resource/kubernetes_manifest/tool', {
        '//': { metadata: { path: 'serving/by-hand/tool' } },
        manifest: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'tool', namespace: 'airlock-serving' },
          spec: { containers: [{ ...toolContainer(), image }] },
        },
      });
    expectProven(manifest(TOOLBOX_IMAGE), RULE);
    const at = '/resource/kubernetes_manifest/tool/manifest/spec/containers/0/image';
    expectFault(manifest(TAGGED), { rule: RULE, check: 'digest', at, subject: 'Pod airlock-serving/tool' });
    const violated = manifest(TAGGED)
      .findings(RULE)
      .find(({ verdict }) => verdict === 'VIOLATED');
    expect(violated?.place).toMatchObject({
      stack: 'serving',
      file: 'stacks/serving/cdk.tf.json',
      address: 'kubernetes_manifest.tool',
      constructPath: 'serving/by-hand/tool',
    });
    expect(violated?.value).toBe(TAGGED);
  });

  it('finds the fault inside a List, as Helm expands it', () => {
    const draft = new Draft();
    draft.put(`${POD}/containers/0/image`, TAGGED);
    const workload = draft.get('/resource/helm_release/chat/values/0/objects/0');
    draft.put('/resource/helm_release/chat/values/0/objects/0', { apiVersion: 'v1', kind: 'List', items: [workload] });
    const at = '/resource/helm_release/chat/values/0/objects/0/items/0/spec/template/spec/containers/0/image';
    expectFault(draft, { rule: RULE, check: 'digest', at });
  });
});
