/** AIR-WGT-1. */
import { placeOf } from '../kubernetes/object';
import { type Container, containersOf } from '../kubernetes/pods';
import { at, textOf } from '../plan/access';
import { readImage } from './image-reference';
import { type KitArgument, kitCommandLine } from './kit-arguments';
import { type AuditContext, type Complaint, guard, judge, type Rule } from './rule';

/** Artifacts of files that the lock derives, by the folder of their repositories. */
const KINDS = { 'models/': 'model', 'files/': 'file', 'ollama/': 'ollama' } as const;
type Kind = (typeof KINDS)[keyof typeof KINDS];

/** True for containers of the kit's image, by repository or by digest. */
export function isKitContainer({ node }: Container, { enclave, locked }: AuditContext): boolean {
  const image = readImage(textOf(at(node, 'image')) ?? '', enclave);
  if (image === undefined) return false;
  return locked.isKit(image.repository ?? '') || locked.imageByDigest(image.digest)?.name === 'kit';
}

function contentComplaints(
  kind: Kind,
  name: string,
  digest: string,
  { value, node }: KitArgument,
  { locked }: AuditContext,
): Complaint[] {
  const expected = locked[kind](name);
  if (expected === digest) return [];
  const where = node.where;
  return expected === undefined
    ? [{ check: kind, message: `the lock has no ${kind} "${name}"`, fix: `name a ${kind} of the lock`, where, value }]
    : [
        {
          check: 'digest',
          message: `the lock has ${name}@${expected}`,
          fix: 'take the digest from the lock',
          where,
          value,
        },
      ];
}

function argumentComplaints(option: Kind | 'pin', argument: KitArgument, context: AuditContext): Complaint[] {
  const { value, node } = argument;
  const [, name, digest] = /^([^@]+)@(sha256:[0-9a-f]{64})$/.exec(value) ?? [];
  if (name === undefined || digest === undefined) {
    const fix = option === 'pin' ? 'write <repository>@sha256:…' : 'write <name>@sha256:…';
    return [{ check: 'pin', message: `--${option} names no digest`, fix, where: node.where, value }];
  }
  if (option !== 'pin') return contentComplaints(option, name, digest, argument, context);
  for (const [folder, kind] of Object.entries(KINDS))
    if (name.startsWith(folder)) return contentComplaints(kind, name.slice(folder.length), digest, argument, context);
  if (context.locked.image(name, digest) !== undefined) return [];
  const message = 'the lock has nothing with this digest in this repository';
  return [{ check: 'pin', message, fix: 'pin what the lock has', where: node.where, value }];
}

/** The manifest that `weights verify` holds a folder against. */
function digestComplaints({ value, node }: KitArgument, { lock }: AuditContext): Complaint[] {
  if ([...lock.derived.models, ...(lock.derived.stores ?? [])].some(({ manifest }) => manifest.digest === value))
    return [];
  const fix = 'take the digest of the model’s manifest from the lock';
  return [{ check: 'digest', message: 'the lock has no model with this manifest', fix, where: node.where, value }];
}

export const weightArguments: Rule = {
  id: 'AIR-WGT-1',
  title: 'Weights named in the plan are those of the lock',
  explanation:
    'The digest of a model’s manifest decides every byte that an engine loads. Reads `--model` and `--file ' +
    'name@sha256:…`, `--digest sha256:…` and `--pin repository@sha256:…` of every container that runs the kit’s image; ' +
    'each must be what the lock derives.',
  waivable: false,
  needs: ['pods'],
  evaluate: (context) =>
    context.pods.flatMap((pod) =>
      guard(pod.subject, placeOf(pod.object), () =>
        containersOf(pod)
          .filter((container) => isKitContainer(container, context))
          .flatMap((container) =>
            judge(
              {
                subject: `${pod.subject} ${container.label}`,
                place: placeOf(pod.object, at(container.node, 'args') ?? container.node),
                proven: 'every model, file and pin is that of the lock',
              },
              () => {
                const { options } = kitCommandLine(container);
                return [
                  ...(['model', 'ollama', 'file', 'pin'] as const).flatMap((option) =>
                    (options.get(option) ?? []).flatMap((argument) => argumentComplaints(option, argument, context)),
                  ),
                  ...(options.get('digest') ?? []).flatMap((argument) => digestComplaints(argument, context)),
                ];
              },
            ),
          ),
      ),
    ),
};
