/** Checks of what several constructs take. */
import { isIP } from 'node:net';
import type { HostAlias, Toleration } from 'kubernetes-types/core/v1';
import type { DnsPeer } from '../../catalog/distributions/distribution';
import type { GpuSharing } from '../../catalog/gpu-sharing';
import { cidrFault } from '../../core/cidr';
import { isDigest } from '../../core/digest';
import { badInput } from '../../core/errors';
import {
  DATA_KEY,
  DNS_LABEL,
  DNS_SUBDOMAIN,
  LABEL_VALUE,
  QUALIFIED_NAME,
  type TextForm,
} from '../../core/kubernetes-syntax';
import type { MirroredContent } from '../../engines/weights/mirror';
import type { WeightSource } from '../../engines/weights/source';
import type { ApiServers, Destination, Flow, PodPeer } from '../../catalog/platform/flow';
import { type Check, form, heldBy, list, map, oneOf, optional, port, record, wholeFrom } from './props';

export const namespaceName = form(DNS_LABEL);
export const objectName = form(DNS_SUBDOMAIN);
export const labels = map(form(QUALIFIED_NAME), form(LABEL_VALUE));
/** A key of a Secret; its value is none of the plan's. */
export const dataKey = form(DATA_KEY);
/** That of a prop which is itself a construct, or comes from a table of the kit. */
export const made = heldBy('its own constructor, or a table of the kit');
export const flag = heldBy('only true and false change anything');

/** What people read: on a policy, in a report. */
export const text: Check<string> = (value, where) => {
  if (typeof value !== 'string' || value.trim() === '')
    throw badInput('CONSTRUCT_PROPS_INVALID', `${where} is empty`, 'write some words');
};

const pattern = (noun: string, regex: RegExp, fix: string, longest = 2048): TextForm => ({
  ...{ noun, pattern: regex, longest, fix },
});

export const platform = oneOf('linux/amd64', 'linux/arm64') as Check<string>;
/** Names of parsers, methods and the like, as engines know them. */
export const word = form(pattern('word', /^[a-z0-9][a-z0-9_-]*$/, 'write lower-case letters, digits, - and _', 40));
export const release = form(pattern('version', /^[0-9A-Za-z][0-9A-Za-z._-]*$/, 'write e.g. 1.6.0', 128));
export const httpsUrl = form(
  pattern('https address', /^https:\/\/[^\s?#/]+[^\s?#]*$/, 'write e.g. https://host:8443/path'),
);
export const httpUrl = form(pattern('address', /^https?:\/\/[^\s?#/]+[^\s?#]*$/, 'write e.g. http://host:8080'));
export const absolutePath = form(pattern('absolute path', /^\/[^\p{C}]*$/u, 'begin it with /', 4096));
export const pem = form(
  pattern('PEM certificate', /^-----BEGIN CERTIFICATE-----/, 'pass the text of the file', Infinity),
);

export const digest: Check<string> = (value, where) => {
  if (typeof value !== 'string' || !isDigest(value))
    throw badInput(
      'CONSTRUCT_PROPS_INVALID',
      `${where}: "${value}" is no digest`,
      'write sha256:<64 hexadecimal digits>',
    );
};

export const cidr: Check<string> = (value, where) => {
  const fault = cidrFault(value);
  if (fault !== undefined) throw badInput('CONSTRUCT_PROPS_INVALID', `${where}: ${fault.message}`, fault.fix);
};

export const address: Check<string> = (value, where) => {
  if (typeof value !== 'string' || isIP(value) === 0)
    throw badInput('CONSTRUCT_PROPS_INVALID', `${where}: "${value}" is no address`, 'write e.g. 10.20.0.5');
};

export const podPeer: Check<PodPeer> = record<PodPeer>({ namespace: namespaceName, labels });

export const flow: Check<Flow> = record<Flow>({
  name: form(DNS_LABEL),
  from: podPeer,
  to: podPeer,
  port,
  lastPort: optional(port),
  protocol: optional(oneOf('TCP', 'UDP')),
  reason: text,
});

export const dnsPeer: Check<DnsPeer> = record<DnsPeer>({
  namespace: namespaceName,
  podLabels: labels,
  port,
  nodeLocal: optional(list(address)),
});

export const destination: Check<Destination> = record<Destination>({
  name: form(DNS_LABEL),
  cidr: heldBy('EgressLockdown.allowTo, which wants a narrow one'),
  port,
  endPort: optional(port),
  protocol: optional(oneOf('TCP', 'UDP')),
  owner: text,
  reason: text,
});

const slices = record<Exclude<GpuSharing, 'exclusive'>>({
  mig: optional(release),
  strategy: optional(oneOf('mixed', 'single')),
  timeSlicing: optional(wholeFrom(2)),
});

/** Whether the accelerator can be shared so is `gpuUnits`'. */
export const sharing: Check<GpuSharing> = (value, where) => {
  if (typeof value === 'string') oneOf('exclusive')(value, where);
  else slices(value, where);
};

export const apiServers: Check<ApiServers> = record<ApiServers>({ cidrs: list(cidr), port: optional(port) });

export const hostAlias: Check<HostAlias> = record<HostAlias>({
  ip: address as Check<string | undefined>,
  hostnames: optional(list(form(DNS_SUBDOMAIN)) as Check<string[]>),
});

export const toleration: Check<Toleration> = record<Toleration>({
  effect: optional(oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute') as Check<string>),
  key: optional(form(QUALIFIED_NAME)),
  operator: optional(oneOf('Exists', 'Equal') as Check<string>),
  tolerationSeconds: optional(wholeFrom(0)),
  value: optional(form(LABEL_VALUE)),
});

const lockName = form({ ...DNS_SUBDOMAIN, noun: 'name of the lock', longest: 63 });
export const contentName = lockName;

export const mirrored: Check<MirroredContent> = record<MirroredContent>({
  name: lockName,
  digest,
  totalBytes: wholeFrom(0),
});

/** What clients call a model, and a label of its pods. */
export const servedName = form({
  ...LABEL_VALUE,
  noun: 'name of a served model',
  pattern: /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
});
/** RFC 9110, "token". */
export const headerName = form(
  pattern('name of a header', /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'write e.g. Authorization', 128),
);
/** Five fields of a CronJob (kubernetes.io, "Schedule syntax"), or one of its words. */
export const schedule = form(
  pattern(
    'schedule',
    /^(?:[0-9*,/-]+ [0-9*,/?-]+ [0-9*,/?-]+ [0-9A-Za-z*,/?-]+ [0-9A-Za-z*,/?-]+|@(?:yearly|annually|monthly|weekly|daily|midnight|hourly))$/,
    'write e.g. 30 1 * * * (UTC)',
    100,
  ),
);

export const host = form(
  pattern(
    'host',
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/,
    'write host or host:port',
    300,
  ),
);

export const weightSource: Check<WeightSource> = record<WeightSource>({ host, destination, ca: optional(pem) });
