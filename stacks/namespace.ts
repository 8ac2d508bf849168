/** The namespace of a stack, as the blueprint decides it. */
import type { Construct } from 'constructs';
import type { Blueprint } from '../blueprint/blueprint';
import type { NamespaceKey } from '../blueprint/cluster';
import { NAMESPACES } from '../catalog/platform/names';
import { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import { badInput } from '../core/errors';

/**
 * Makes it, and opens what its workloads do not open themselves.
 *
 * @throws AirlockError (input) when the blueprint has no such namespace
 */
export function confinedNamespace(scope: Construct, { namespaces }: Blueprint, key: NamespaceKey): ConfinedNamespace {
  const decided = namespaces[key];
  if (decided === undefined)
    throw badInput(
      'CONSTRUCT_PROPS_INVALID',
      `the blueprint has no namespace ${NAMESPACES[key]}`,
      'build the stacks that it decides',
    );
  const { name, kubernetesVersion, owner, podSecurity, holdsState, annotations } = decided;
  const namespace = new ConfinedNamespace(scope, 'namespace', {
    ...{ name, kubernetesVersion, owner },
    ...(podSecurity === undefined ? {} : { podSecurity }),
    ...(holdsState === undefined ? {} : { holdsState }),
    ...(annotations === undefined ? {} : { annotations }),
  });
  for (const flow of decided.opens) namespace.lockdown.open(flow);
  return namespace;
}
