import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { NAMESPACES } from '../../../catalog/platform/names';
import { AirlockError } from '../../../core/errors';
import type { Enclave } from '../../../site/generated/enclave';
import { parseEnclave } from '../../../site/load-enclave';

const TEXT = readFileSync(path.join(__dirname, '../../../examples/datacenter/enclave.yaml'), 'utf8');

const PEERS: readonly (readonly [place: string, change: (enclave: Enclave, name: string) => void])[] = [
  ['callers.workloads[0].namespace', ({ callers }, name) => (callers!.workloads![0]!.namespace = name)],
  ['monitoring.namespace', ({ monitoring }, name) => (monitoring!.namespace = name)],
  [
    'traces.readers[0].namespace',
    (enclave, name) => {
      const reader = { name: 'ingress', namespace: name, podLabels: { app: 'ingress' }, reason: 'people read traces' };
      enclave.traces = { ...enclave.traces, readers: [reader] };
    },
  ],
];

const places = (change: (enclave: Enclave, name: string) => void, name: string): string[] => {
  // Copies, since anchors of YAML are one object in several places.
  const enclave = JSON.parse(JSON.stringify(parse(TEXT))) as Enclave;
  change(enclave, name);
  try {
    parseEnclave(stringify(enclave), 'enclave.yaml');
    return [];
  } catch (error) {
    if (error instanceof AirlockError) return error.faults.map((fault) => fault.path);
    throw error;
  }
};

describe.each(PEERS)('%s', (place, change) => {
  it.each(Object.values(NAMESPACES))('may not be %s, which opens no flows for others', (name) => {
    expect(places(change, name)).toEqual([place]);
  });

  it('may be any other', () => {
    expect(places(change, 'claims')).toEqual([]);
  });
});
