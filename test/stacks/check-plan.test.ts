import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { Testing } from 'cdktf';
import { BaseStack } from '../../stacks/base-stack';
import { checkPlan } from '../../stacks/check-plan';

/** A plan with one namespace, and a ConfigMap that holds a text. */
const planWith = (text: unknown): object => ({
  resource: {
    kubernetes_namespace_v1: { models: { metadata: { name: 'models' } } },
    kubernetes_config_map_v1: { settings: { data: { text } } },
  },
});

describe('checkPlan', () => {
  it.each([
    ['a resource of this stack', 'in ${kubernetes_namespace_v1.models.metadata[0].name}'],
    ['a variable', '${var.kube_context}'],
    ['a data source', '${data.kubernetes_service_v1.gateway.spec[0].cluster_ip}'],
    ['a template that stands for itself', 'write $${kubernetes_secret_v1.other.data}'],
    ['text inside an expression', '${upper("kubernetes_secret_v1.other")}'],
    ['a name that a loop gives', '${[for each_one in var.nodes : each_one.name]}'],
    ['an address outside any template', 'see kubernetes_secret_v1.other'],
    ['the largest integer that every reader keeps', Number.MAX_SAFE_INTEGER],
    ['nothing', null],
  ])('accepts %s', (_, text) => {
    expect(() => checkPlan(planWith(text), 'site')).not.toThrow();
  });

  it.each([
    [
      'a resource of another stack',
      '${kubernetes_secret_v1.other.metadata[0].name}',
      /^site\.resource\.kubernetes_config_map_v1\.settings\.data\.text refers to kubernetes_secret_v1\.other, which is not in this stack/,
    ],
    [
      'such a resource inside a call, after one of this stack',
      '${join("-", [kubernetes_namespace_v1.models.id, helm_release.other.name])}',
      /refers to helm_release\.other/,
    ],
    [
      'such a resource behind a nested brace',
      '${merge({ a = "b" }, { c = helm_release.other.name })}',
      /refers to helm_release\.other/,
    ],
    ['a value that only CDKTF can read', 'at ${TfToken[TOKEN.7]}', /data\.text holds an unresolved token/],
    ['an integer that JSON readers round', 2 ** 53, /data\.text is 9007199254740992, beyond 2\^53/],
  ])('refuses %s', (_, text, message) => {
    expect(() => checkPlan(planWith(text), 'site')).toThrow(message);
  });

  it('takes data sources and modules among what is awaited', () => {
    const settings = {
      depends_on: ['module.network', 'data.kubernetes_secret_v1.known', 'kubernetes_namespace_v1.models'],
    };
    const plan = { resource: { kubernetes_namespace_v1: { models: {} }, kubernetes_config_map_v1: { settings } } };
    expect(() => checkPlan(plan, 'site')).not.toThrow();
  });
});

describe('a stack of the kit', () => {
  it('refuses to name or await a resource of another stack, which is planned alone', () => {
    const app = Testing.app();
    const namespace = new NamespaceV1(new BaseStack(app, 'first'), 'models', { metadata: { name: 'models' } });
    const named = new BaseStack(app, 'second');
    new ConfigMapV1(named, 'settings', { metadata: { name: 'settings', namespace: namespace.metadata.name } });
    const awaiting = new BaseStack(app, 'third');
    new ConfigMapV1(awaiting, 'settings', { metadata: { name: 'settings' }, dependsOn: [namespace] });
    for (const stack of [named, awaiting]) {
      stack.prepareStack();
      expect(() => stack.toTerraform()).toThrow(
        /refers to kubernetes_namespace_v1\.models, which is not in this stack/,
      );
    }
  });
});
