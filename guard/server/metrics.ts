/** What the guard counts, in the text format of Prometheus. */
import { Counter, Registry } from 'prom-client';
import type { CallNotes } from '../call';

export interface GuardMetrics extends CallNotes {
  readonly answered: (endpoint: string, code: number) => void;
  readonly broken: (endpoint: string, code: number) => void;
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

export function guardMetrics(): GuardMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'airlock_guard_requests_total',
    help: 'Requests that ended, by interface and status code',
    labelNames: ['endpoint', 'code'],
    registers,
  });
  const redactions = new Counter({
    name: 'airlock_guard_redactions_total',
    help: 'Values that were masked or got a pseudonym, by direction and pattern',
    labelNames: ['direction', 'pattern'],
    registers,
  });
  const broken = new Counter({
    name: 'airlock_guard_broken_streams_total',
    help: 'Streamed answers that ended with an error after their first event, by interface and status code',
    labelNames: ['endpoint', 'code'],
    registers,
  });
  const dropped = new Counter({
    name: 'airlock_guard_dropped_fields_total',
    help: 'Fields of answers that no table has, and that were dropped',
    registers,
  });
  return {
    answered: (endpoint, code) => requests.inc({ endpoint, code: String(code) }),
    broken: (endpoint, code) => broken.inc({ endpoint, code: String(code) }),
    redacted: (direction, name) => redactions.inc({ direction, pattern: name.toLowerCase() }),
    dropped: () => dropped.inc(),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
