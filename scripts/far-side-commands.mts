/** Commands that need nothing but Node and this file: they also make up `airlock.mjs`. */
import type { CommandTable } from './ui/program.mjs';

export const FAR_SIDE_COMMANDS: CommandTable = {
  verify: { summary: 'check seal, index and every byte of a bundle', load: () => import('./commands/verify.mjs') },
  import: { summary: 'bring a verified bundle into the store', load: () => import('./commands/import.mjs') },
  mirror: { summary: 'serve the store: images, models, providers', load: () => import('./commands/mirror.mjs') },
  charts: {
    summary: 'place the Helm charts of the lock where the plan expects them',
    load: () => import('./commands/charts.mjs'),
  },
  weights: { summary: 'fetch and verify a model beside an engine', load: () => import('./commands/weights.mjs') },
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
  probe: { summary: 'try connections, as preflight does from pods', load: () => import('./commands/probe.mjs') },
  secrets: { summary: 'list and make the Secrets that a plan names', load: () => import('./commands/secrets.mjs') },
  audit: { summary: 'judge synthesized stacks against site and lock', load: () => import('./commands/audit.mjs') },
};
