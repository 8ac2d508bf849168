/** Holds workflows, gateway and traces of a site against the rest of it. */
import { gatewayImage } from '../../catalog/gateways';
import { redactionPatterns } from '../../catalog/redaction';
import { checkNamed } from './named';
import type { Redaction, Site, Workflow } from '../generated/site';
import type { YamlDocument } from '../reading/yaml-document';

type Path = readonly (string | number)[];

/** Packs and patterns that do not exist, are unsafe, or do not keep their examples. */
export function checkRedaction(document: YamlDocument, path: Path, redaction: Redaction | undefined): void {
  if (redaction === undefined) return;
  document.attempt(path, () => redactionPatterns(redaction.packs, redaction.patterns));
}

function checkWorkflow(document: YamlDocument, site: Site, workflow: Workflow, at: number): void {
  const { name, servings, failover = [], redaction } = workflow;
  const path = ['workflows', at];
  const known = site.servings.map((serving) => serving.name);
  servings.forEach((one, index) => {
    checkNamed(document, [...path, 'servings', index, 'name'], 'serving', one.name, known);
  });
  failover.forEach((one, index) => {
    checkNamed(document, [...path, 'failover', index], 'serving', one, known);
  });
  if (name.includes('--'))
    document.fault([...path, 'name'], 'two hyphens in a row stand between workflow and serving', 'write one');
  const all = [...servings.map((one) => one.name), ...failover];
  const twice = all.find((one, index) => all.indexOf(one) !== index);
  if (twice !== undefined)
    document.fault(path, `serving "${twice}" stands twice in workflow "${name}"`, 'name each serving once');
  if (servings.every(({ weight = 1 }) => weight === 0))
    document.fault([...path, 'servings'], 'every weight is 0, so nobody answers', 'give one serving a weight');
  checkRedaction(document, [...path, 'redaction'], redaction);
}

function checkGateway(document: YamlDocument, { gateway, workflows = [], images = [] }: Site): void {
  if (gateway === undefined) {
    if (workflows.length > 0)
      document.fault(
        ['workflows'],
        'workflows without a gateway: nobody could call them',
        'add gateway: { software: agentgateway, version: 1.6.0 }',
      );
    return;
  }
  if (workflows.length === 0)
    document.fault(
      ['gateway'],
      'a gateway without workflows has nothing to offer',
      'name at least one under workflows',
    );
  if (gateway.rateLimit !== undefined && gateway.software === 'litellm')
    document.fault(
      ['gateway', 'rateLimit'],
      'LiteLLM’s open build takes no tokens of people, so the service would count nothing',
      'remove it, or write software: agentgateway',
    );
  if (gateway.image !== undefined) {
    const names = images.map(({ name }) => name);
    checkNamed(document, ['gateway', 'image'], 'image', gateway.image, names);
  }
  document.attempt(['gateway', 'version'], () => gatewayImage(gateway.software, gateway.version));
}

/** Every fault of what callers see. */
export function checkWorkflows(document: YamlDocument, site: Site): void {
  const { gateway, traces } = site;
  checkGateway(document, site);
  site.workflows?.forEach((workflow, at) => {
    checkWorkflow(document, site, workflow, at);
  });
  if (traces === undefined) return;
  if (gateway === undefined)
    document.fault(['traces'], 'traces without a gateway: nothing would send any', 'add gateway, or remove traces');
  checkRedaction(document, ['traces', 'redaction'], traces.redaction);
}
