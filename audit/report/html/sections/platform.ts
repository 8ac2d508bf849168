/** Workflows, models and rights. */
import type { AuditOverview } from '../../overview/overview';
import { foldedTable, markup, type Markup } from '../markup';

const orDash = (texts: readonly string[]): readonly string[] => (texts.length === 0 ? ['–'] : texts);

export const workflowsSection = ({ workflows }: AuditOverview): Markup =>
  markup`<section id="workflows">
    <h2>Workflows: ${workflows.length}</h2>
    ${
      workflows.length === 0
        ? markup`<p>The site has no workflows: callers reach no engine through a gateway.</p>`
        : foldedTable({
            caption: 'Way of each workflow through gateway and engine',
            head: ['workflow', 'callers', 'gateway', 'serving', 'share', 'engine', 'workload', 'personal data'],
            rows: workflows.flatMap(({ name, callers, gateways, servings, redaction, streaming }) =>
              servings.map(({ serving, share, engine, model, workloads }) => [
                `${name}${streaming ? ' (streams)' : ''}`,
                orDash(callers),
                orDash(gateways),
                `${serving} as ${model}`,
                share,
                engine,
                orDash(workloads),
                redaction,
              ]),
            ),
          })
    }
  </section>`;

/** Decimal units, as disks and media state them. */
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

export const modelsSection = ({ models }: AuditOverview): Markup =>
  markup`<section id="models">
    <h2>Models: ${models.length}</h2>
    ${
      models.length === 0
        ? markup`<p>The lock has no models.</p>`
        : foldedTable({
            caption: 'Models of the lock',
            head: ['model', 'digest of its manifest', 'source and commit', 'license', 'size', 'servings', 'loaded by'],
            rows: models.map((model) => [
              model.name,
              model.digest ?? 'none',
              [model.repository, model.revision],
              [model.license, ...(model.reviewed === '' ? [] : [`reviewed by ${model.reviewed}`])],
              `${gigabytes(model.bytes)} in ${String(model.files)} files`,
              orDash(model.servings),
              orDash(model.workloads),
            ]),
          })
    }
  </section>`;

export const rightsSection = ({ rights }: AuditOverview): Markup =>
  markup`<section id="rights">
    <h2>Rights of accounts: ${rights.length}</h2>
    ${foldedTable({
      caption: 'What each account may do, and which pods hold its token',
      head: ['account', 'rights', 'given by', 'workloads', 'hold a token'],
      rows: rights.map(({ account, grants, workloads, tokens }) => [
        account,
        grants.length === 0 ? 'none' : grants.flatMap((grant) => grant.rights),
        orDash(grants.map(({ by }) => by)),
        orDash(workloads),
        tokens.length === 0 ? 'none' : tokens,
      ]),
    })}
  </section>`;
