import { REGISTRY } from '../plans/clean-plan';
import { Draft, ENGINE, expectFault, MIRROR_POD, POD, testRule } from '../plans/draft';

const PROVIDERS = '/terraform/required_providers';
const UNKNOWN = `sha256:${'ab'.repeat(32)}`;

describe('nothing in the lock is unused', () => {
  const draftPlace = { at: '' };
  testRule('AIR-LOCK-1', [
    {
      name: 'the image of a serving',
      fault: (plan) => plan.drop('/resource/helm_release/chat'),
      check: 'unused',
      ...draftPlace,
      subject: 'image engine-vllm-0.27.1-nvidia',
    },
    {
      name: 'a model',
      fault: (plan) =>
        plan
          .drop('/resource/helm_release/chat/values/0/objects/0/spec/template/spec/initContainers')
          .drop(`${MIRROR_POD}/container/0/args/6`)
          .drop(`${MIRROR_POD}/container/0/args/5`),
      check: 'unused',
      ...draftPlace,
      subject: 'model tiny',
    },
    {
      name: 'a provider',
      fault: (plan) => plan.drop(`${PROVIDERS}/helm`),
      check: 'unused',
      ...draftPlace,
      subject: 'provider registry.terraform.io/hashicorp/helm',
    },
    {
      name: 'the kit',
      fault: (plan) =>
        plan
          .put(`${POD}/initContainers/0/image`, `${REGISTRY}/x@${UNKNOWN}`)
          .drop('/resource/kubernetes_deployment_v1/mirror'),
      check: 'unused',
      ...draftPlace,
      subject: 'kit',
    },
    {
      name: 'an image that the site does not ask for any more',
      fault: (plan) => plan.site.images?.pop(),
      check: 'site',
      ...draftPlace,
      subject: 'lock',
    },
  ]);
});

describe('nothing used is unlocked', () => {
  testRule('AIR-LOCK-2', [
    {
      name: 'a provider at another version',
      fault: (plan) => plan.put(`${PROVIDERS}/helm/version`, '3.1.2'),
      check: 'provider-version',
      at: `${PROVIDERS}/helm`,
      subject: 'provider helm',
    },
    {
      name: 'a provider by range',
      fault: (plan) => plan.put(`${PROVIDERS}/helm/version`, '~> 3.1'),
      check: 'provider-version',
      at: `${PROVIDERS}/helm`,
    },
    {
      name: 'two constraints',
      fault: (plan) => plan.put(`${PROVIDERS}/helm/version`, '>= 3.1.1, <= 3.1.1'),
      check: 'provider-version',
      at: `${PROVIDERS}/helm`,
    },
    {
      name: 'no version',
      fault: (plan) => plan.drop(`${PROVIDERS}/helm/version`),
      check: 'provider-version',
      at: `${PROVIDERS}/helm`,
    },
    {
      name: 'a provider of another namespace',
      fault: (plan) => plan.put(`${PROVIDERS}/helm/source`, 'evil/helm'),
      check: 'provider',
      at: `${PROVIDERS}/helm`,
    },
    {
      name: 'a provider of another host',
      fault: (plan) => plan.put(`${PROVIDERS}/helm/source`, 'evil.example/hashicorp/helm'),
      check: 'provider',
      at: `${PROVIDERS}/helm`,
    },
    {
      name: 'the full name is the short one',
      twin: (plan) => plan.put(`${PROVIDERS}/helm/source`, 'registry.terraform.io/hashicorp/helm'),
      fault: (plan) => plan.put(`${PROVIDERS}/random`, { source: 'hashicorp/random', version: '3.6.0' }),
      check: 'provider',
      at: `${PROVIDERS}/random`,
    },
    {
      name: 'a provider that is only implied',
      fault: (plan) => plan.drop(`${PROVIDERS}/kubernetes`),
      check: 'provider-implied',
      at: '/resource/kubernetes_namespace_v1/mirror',
      subject: 'provider kubernetes',
    },
    {
      name: 'an image',
      fault: (plan) => plan.put(`${ENGINE}/image`, `${REGISTRY}/docker.io/vllm/vllm-openai@${UNKNOWN}`),
      check: 'image',
      at: `${ENGINE}/image`,
    },
    {
      name: 'an image by tag',
      fault: (plan) => plan.put(`${ENGINE}/image`, 'vllm:latest'),
      check: 'image',
      at: `${ENGINE}/image`,
    },
  ]);

  it('judges the providers of every stack', () => {
    const draft = new Draft().addStack('second', {
      terraform: { required_providers: { kubernetes: { source: 'kubernetes', version: '2.37.0' } } },
      resource: { kubernetes_config_map_v1: { x: { metadata: { name: 'x', namespace: 'airlock-mirror' } } } },
    });
    expectFault(draft, {
      rule: 'AIR-LOCK-2',
      check: 'provider-version',
      at: `${PROVIDERS}/kubernetes`,
      subject: 'stack second',
    });
  });
});
