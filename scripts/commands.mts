/**
 * Every command of the kit: the one table behind `airlock` of the checkout and `airlock.mjs` of the far side.
 *
 * The grammar: what is done most is one verb (`verify`, `synth`); everything else is a noun first, then what is done with it
 * (`bundle create`). A command that reaches registries, the Hub or other upstreams says so, since it works on the near side alone.
 */
import type { CommandTable } from './ui/grammar.js';

export const COMMANDS: CommandTable = {
  init: {
    summary: 'write a commented site.yaml and enclave.yaml',
    group: 'Near side',
    load: () => import('./commands/init.mjs'),
  },
  keys: {
    summary: 'create and encrypt signing keys',
    group: 'Near side',
    verbs: { create: {}, encrypt: {}, id: {} },
    load: () => import('./commands/keys.mjs'),
  },
  trust: {
    summary: 'sign the next version of a trust policy',
    group: 'Near side',
    verbs: { sign: {} },
    load: () => import('./commands/trust.mjs'),
  },
  fit: { summary: 'does the model fit the GPUs?', group: 'Near side', load: () => import('./commands/fit.mjs') },
  lock: {
    summary: 'resolve everything the site names to digests',
    group: 'Near side',
    needs: 'upstreams',
    load: () => import('./commands/lock.mjs'),
  },
  bundle: {
    summary: 'create and sign bundles, take out their record',
    group: 'Near side',
    verbs: { create: { needs: 'upstreams' }, sign: {}, 'extract-record': {} },
    load: () => import('./commands/bundle.mjs'),
  },
  verify: {
    summary: 'check seal, index and every byte of a bundle',
    group: 'Far side',
    load: () => import('./commands/verify.mjs'),
  },
  import: {
    summary: 'bring a verified bundle into the store',
    group: 'Far side',
    load: () => import('./commands/import.mjs'),
  },
  store: {
    summary: 'look into the store, check, mend and shrink it',
    group: 'Far side',
    verbs: { list: {}, usage: {}, check: {}, repair: {}, remove: {}, prune: {}, history: {} },
    load: () => import('./commands/store.mjs'),
  },
  mirror: {
    summary: 'serve the store: images, models, providers',
    group: 'Far side',
    load: () => import('./commands/mirror.mjs'),
  },
  push: {
    summary: 'bring images and models into a registry of the site',
    group: 'Far side',
    load: () => import('./commands/push.mjs'),
  },
  explain: {
    summary: 'what is decided about a site, and what that rests on',
    group: 'Plan',
    load: () => import('./commands/explain.mjs'),
  },
  synth: { summary: 'write the Terraform stacks of a site', group: 'Plan', load: () => import('./commands/synth.mjs') },
  audit: {
    summary: 'judge synthesized stacks against site and lock',
    group: 'Plan',
    verbs: { sign: {} },
    alone: true,
    load: () => import('./commands/audit.mjs'),
  },
  charts: {
    summary: 'place the Helm charts of the lock where the plan expects them',
    group: 'Plan',
    verbs: { fetch: {} },
    load: () => import('./commands/charts.mjs'),
  },
  secrets: {
    summary: 'list and make the Secrets that a plan names',
    group: 'Plan',
    verbs: { list: {}, create: {} },
    load: () => import('./commands/secrets.mjs'),
  },
  'node-config': {
    summary: 'write the files that make nodes register',
    group: 'Plan',
    load: () => import('./commands/node-config.mjs'),
  },
  preflight: {
    summary: 'check a cluster before a deployment',
    group: 'Deployment',
    load: () => import('./commands/preflight.mjs'),
  },
  runbook: {
    summary: 'the way to a new plan, as steps',
    group: 'Deployment',
    load: () => import('./commands/runbook.mjs'),
  },
  deploy: {
    summary: 'apply what was approved, and nothing else',
    group: 'Deployment',
    load: () => import('./commands/deploy.mjs'),
  },
  retire: {
    summary: 'what Terraform needs to destroy a stack that is left out',
    group: 'Deployment',
    load: () => import('./commands/retire.mjs'),
  },
  deployed: {
    summary: 'keep what was deployed, to go back to it',
    group: 'Deployment',
    load: () => import('./commands/deployed.mjs'),
  },
  rollback: {
    summary: 'back to what was deployed before',
    group: 'Deployment',
    load: () => import('./commands/rollback.mjs'),
  },
  status: {
    summary: 'what runs, against what is planned and locked',
    group: 'Day 2',
    load: () => import('./commands/status.mjs'),
  },
  drift: {
    summary: 'what in the cluster is no longer as planned',
    group: 'Day 2',
    load: () => import('./commands/drift.mjs'),
  },
  guard: {
    summary: 'judge and redact calls to models, before and behind a gateway',
    group: 'Inside the cluster',
    verbs: { front: {}, back: {} },
    load: () => import('./commands/guard.mjs'),
  },
  gateway: {
    summary: 'API keys of callers',
    group: 'Day 2',
    verbs: { key: {} },
    load: () => import('./commands/gateway.mjs'),
  },
  traces: {
    summary: 'records of one person in the trace store, backup and restore',
    group: 'Day 2',
    verbs: { find: {}, delete: {}, backup: {}, restore: {} },
    load: () => import('./commands/traces.mjs'),
  },
  weights: {
    summary: 'fetch and verify a model beside an engine',
    group: 'Inside the cluster',
    verbs: { fetch: {}, derive: {}, verify: {} },
    load: () => import('./commands/weights.mjs'),
  },
  probe: {
    summary: 'try connections, as preflight does from pods',
    group: 'Inside the cluster',
    verbs: { connect: {}, listen: {}, internet: {} },
    load: () => import('./commands/probe.mjs'),
  },
  completion: {
    summary: 'completion of commands and options for a shell',
    group: 'About the kit',
    load: () => import('./commands/completion.mjs'),
  },
  schema: {
    summary: 'the JSON Schema of a file, for editors',
    group: 'About the kit',
    load: () => import('./commands/schema.mjs'),
  },
  licenses: {
    summary: 'licenses of the packages inside airlock.mjs',
    group: 'About the kit',
    load: () => import('./commands/licenses.mjs'),
  },
};
