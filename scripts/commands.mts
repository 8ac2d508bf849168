/**
 * Every command of the kit: the one table behind `airlock` of the checkout and `airlock.mjs` of the far side.
 *
 * The grammar: what is done most is one verb (`verify`, `synth`); everything else is a noun first, then what is done with it
 * (`bundle create`). A command that reaches registries, the Hub or other upstreams says so, since it works on the near side alone.
 */
import type { CommandTable } from './ui/grammar.js';

export const COMMANDS: CommandTable = {
  init: { summary: 'write a commented site.yaml and enclave.yaml', load: () => import('./commands/init.mjs') },
  keys: {
    summary: 'create signing keys',
    verbs: { create: {}, id: {} },
    load: () => import('./commands/keys.mjs'),
  },
  fit: { summary: 'does the model fit the GPUs?', load: () => import('./commands/fit.mjs') },
  lock: {
    summary: 'resolve everything the site names to digests',
    needs: 'upstreams',
    load: () => import('./commands/lock.mjs'),
  },
  bundle: {
    summary: 'create and sign bundles, take out their record',
    verbs: { create: { needs: 'upstreams' }, sign: {}, 'extract-record': {} },
    load: () => import('./commands/bundle.mjs'),
  },
  verify: { summary: 'check seal, index and every byte of a bundle', load: () => import('./commands/verify.mjs') },
  import: { summary: 'bring a verified bundle into the store', load: () => import('./commands/import.mjs') },
  mirror: { summary: 'serve the store: images, models, providers', load: () => import('./commands/mirror.mjs') },
  explain: {
    summary: 'what is decided about a site, and what that rests on',
    load: () => import('./commands/explain.mjs'),
  },
  synth: { summary: 'write the Terraform stacks of a site', load: () => import('./commands/synth.mjs') },
  audit: { summary: 'judge synthesized stacks against site and lock', load: () => import('./commands/audit.mjs') },
  charts: {
    summary: 'place the Helm charts of the lock where the plan expects them',
    verbs: { fetch: {} },
    load: () => import('./commands/charts.mjs'),
  },
  weights: {
    summary: 'fetch and verify a model beside an engine',
    verbs: { fetch: {}, derive: {}, verify: {} },
    load: () => import('./commands/weights.mjs'),
  },
  gateway: { summary: 'API keys of callers', verbs: { key: {} }, load: () => import('./commands/gateway.mjs') },
  traces: {
    summary: 'records of one person in the trace store, backup and restore',
    verbs: { find: {}, delete: {}, backup: {}, restore: {} },
    load: () => import('./commands/traces.mjs'),
  },
  'node-config': {
    summary: 'write the files that make nodes register',
    load: () => import('./commands/node-config.mjs'),
  },
  preflight: { summary: 'check a cluster before a deployment', load: () => import('./commands/preflight.mjs') },
  drift: { summary: 'what in the cluster is no longer as planned', load: () => import('./commands/drift.mjs') },
  status: { summary: 'what runs, against what is planned and locked', load: () => import('./commands/status.mjs') },
  deployed: { summary: 'keep what was deployed, to go back to it', load: () => import('./commands/deployed.mjs') },
  rollback: { summary: 'back to what was deployed before', load: () => import('./commands/rollback.mjs') },
  runbook: { summary: 'the way to a new plan, as steps', load: () => import('./commands/runbook.mjs') },
  probe: {
    summary: 'try connections, as preflight does from pods',
    verbs: { connect: {}, listen: {}, internet: {} },
    load: () => import('./commands/probe.mjs'),
  },
  secrets: {
    summary: 'list and make the Secrets that a plan names',
    verbs: { list: {}, create: {} },
    load: () => import('./commands/secrets.mjs'),
  },
  licenses: {
    summary: 'licenses of the packages inside airlock.mjs',
    load: () => import('./commands/licenses.mjs'),
  },
};
