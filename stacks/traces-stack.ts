import { Annotations } from 'cdktf';
import type { Construct } from 'constructs';
import type { TracesDecision } from '../blueprint/traces';
import { MonitoringConfig } from '../constructs/monitoring/monitoring-config';
import { TraceCollector } from '../constructs/traces/trace-collector';
import { TraceStore } from '../constructs/traces/trace-store';
import { GATEWAY_PODS } from '../gateway/flows';
import { BaseStack } from './base-stack';
import { confinedNamespace } from './namespace';
import type { PlatformProps } from './props';

export interface TracesStackProps extends PlatformProps {
  readonly traces: TracesDecision;
}

/** Collector and store of traces, and the namespace that confines them. */
export class TracesStack extends BaseStack {
  /** @throws AirlockError (input) as TraceCollector and TraceStore */
  public constructor(scope: Construct, id: string, props: TracesStackProps) {
    super(scope, id, props);
    const { collector, store, storageClassName, scrapeNamespaces } = props.traces;
    const { dns } = props.blueprint.cluster;
    const storage = storageClassName === undefined ? {} : { storageClassName };
    // With its metrics' flows: workloads depend on every policy that selects them.
    const namespace = confinedNamespace(this, props.blueprint, 'telemetry');
    new TraceCollector(this, 'trace-collector', { namespace, dns, ...storage, ...collector, senders: [GATEWAY_PODS] });
    if (store !== undefined) {
      new TraceStore(this, 'trace-store', { namespace, dns, ...storage, ...store });
      Annotations.of(this).addWarning(
        'Phoenix is under the Elastic License 2.0: it may not be offered to third parties as a service of its own',
      );
    }
    if (scrapeNamespaces !== undefined)
      new MonitoringConfig(this, 'monitoring-config', { namespace, scrapeNamespaces });
  }
}
