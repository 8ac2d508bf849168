/** AIR-LOCK-1. */
import { hexOf } from '../../core/digest';
import { checkLock } from '../../site/lock/lock-file';
import { OPERATOR_USER } from '../../site/requests/gpu';
import type { Lack } from '../kubernetes/object';
import { containersOf, podSpec } from '../kubernetes/pods';
import { at, itemsOf, textOf, Unproven } from '../plan/access';
import { readImage } from './image-reference';
import { kitCommandLine } from './kit-arguments';
import { exactVersion, fullSource } from './provider-sources';
import type { AuditContext, Rule, Statement } from './rule';
import { isKitContainer } from './weight-arguments';

const FIX = 'synthesize the plan from this lock, or remove the entry from the site and lock again';

interface Use {
  /** Names of locked images that containers run. */
  readonly images: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
}

/** Everything that can be read; what cannot is some other rule's finding, and counts as no use here. */
function useOf(context: AuditContext): Use {
  const images = new Set<string>();
  const models = new Set<string>();
  for (const pod of context.pods) {
    try {
      const references = [
        ...containersOf(pod).map(({ node }) => at(node, 'image')),
        ...itemsOf(at(podSpec(pod), 'volumes')).map((volume) => at(volume, 'image', 'reference')),
      ];
      for (const reference of references) {
        const image = readImage(textOf(reference) ?? '', context.enclave);
        const locked = image === undefined ? undefined : context.locked.image(image.repository ?? '', image.digest);
        if (locked !== undefined) images.add(locked.name);
      }
      for (const container of containersOf(pod).filter((candidate) => isKitContainer(candidate, context))) {
        const { options } = kitCommandLine(container);
        for (const { value } of [...(options.get('model') ?? []), ...(options.get('pin') ?? [])]) {
          models.add(value.replace(/^models\//, '').split('@')[0] ?? '');
        }
        for (const { value } of options.get('ollama') ?? []) {
          const store = context.lock.derived.stores?.find(({ name }) => name === value.split('@')[0]);
          if (store !== undefined) models.add(store.model);
        }
        for (const { value } of options.get('digest') ?? [])
          for (const { model, manifest } of [
            ...context.lock.derived.models.map((one) => ({ ...one, model: one.name })),
            ...(context.lock.derived.stores ?? []),
          ])
            if (manifest.digest === value) models.add(model);
      }
    } catch (error) {
      if (!(error instanceof Unproven)) throw error;
    }
  }
  return { images, models };
}

const used = (subject: string, message: string): Statement => ({ verdict: 'PROVEN', subject, message });
const unused = (subject: string, message: string, lacks?: Lack): Statement => ({
  verdict: 'VIOLATED',
  subject,
  check: 'unused',
  message,
  fix: FIX,
  ...(lacks === undefined ? {} : { lacks }),
});
/** Whatever pods run. */
const RUNNING: Lack = { concern: 'pods' };

/** Values of the Helm releases, as far as they can be read. */
const releaseValues = ({ plan }: AuditContext): string[] =>
  plan.stacks
    .flatMap(({ resources }) => resources.filter(({ type }) => type === 'helm_release'))
    .flatMap(({ body }) => {
      try {
        return itemsOf(at(body, 'values')).map((values) => textOf(values) ?? '');
      } catch (error) {
        if (!(error instanceof Unproven)) throw error;
        return [];
      }
    });

function imageStatements(context: AuditContext, { images }: Use): Statement[] {
  const { lock } = context;
  const releases = releaseValues(context);
  return lock.images.map(({ name, usedBy, index, manifests }) => {
    const subject = `image ${name}`;
    // Extra images are there because the site lists them; the kit's base is inside the kit's image.
    if (usedBy.some((user) => user.startsWith('images/'))) return used(subject, 'listed in the site');
    if (lock.derived.kit.base === name) return used(subject, 'the base of the kit’s image');
    // The pods of an operator stand in no plan; its release does, and names what they run.
    const digests = [index, ...manifests].flatMap((content) => (content === undefined ? [] : [hexOf(content.digest)]));
    if (usedBy.includes(OPERATOR_USER) && digests.some((digest) => releases.some((values) => values.includes(digest))))
      return used(subject, 'named by the release of the GPU Operator');
    return images.has(name)
      ? used(subject, 'run by the plan')
      : unused(subject, `no container runs it, though it is there for ${usedBy.join(', ')}`, RUNNING);
  });
}

function evaluate(context: AuditContext): Statement[] {
  const { lock, site, plan } = context;
  const use = useOf(context);
  const required = new Set(
    plan.stacks.flatMap((stack) =>
      stack.requiredProviders.map((provider) => `${fullSource(provider)} ${exactVersion(provider.version) ?? ''}`),
    ),
  );
  const differences = checkLock(lock, site).map((message): Statement => ({
    verdict: 'VIOLATED',
    subject: 'lock',
    check: 'site',
    message,
    fix: 'run `airlock lock` for this site, and synthesize again',
  }));
  const kitNeeded = site.servings.length > 0;
  return [
    ...(differences.length === 0 ? [used('lock', 'answers the site exactly')] : differences),
    ...imageStatements(context, use),
    ...(kitNeeded
      ? [
          use.images.has('kit')
            ? used('kit', 'run by the plan')
            : unused('kit', 'no container runs the kit’s image', RUNNING),
        ]
      : []),
    ...lock.models.map(({ name }) =>
      use.models.has(name)
        ? used(`model ${name}`, 'served by the plan')
        : unused(`model ${name}`, 'no container fetches or pins it', RUNNING),
    ),
    ...lock.providers.map(({ source, version }) =>
      required.has(`${source} ${version}`)
        ? used(`provider ${source}`, 'required by a stack')
        : unused(`provider ${source}`, `no stack requires version ${version}`),
    ),
    ...lock.files.map(({ name }) => used(`file ${name}`, 'listed in the site')),
    ...(lock.charts ?? []).map(({ name }) => used(`chart ${name}`, 'listed in the site')),
  ];
}

export const lockUsed: Rule = {
  id: 'AIR-LOCK-1',
  title: 'The lock answers the site, and nothing in it is unused',
  explanation:
    'Whatever crosses the gap without a use is attack surface that nobody looks at. Images of servings must be run by the ' +
    'plan, models fetched or pinned, providers required by a stack; extra images, files and charts are used where the site ' +
    'lists them.',
  waivable: true,
  needs: ['pods'],
  evaluate,
};
