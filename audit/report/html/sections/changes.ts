/** What changed since an earlier plan. */
import { type Change, CHANGE_KINDS } from '../../../changes/change';
import { actionOf, KIND_TITLES } from '../../../changes/text';
import { markup, joined, type Markup, table } from '../markup';

export const changesSection = (changes: readonly Change[]): Markup =>
  markup`<section id="changes">
    <h2>What changed since the earlier plan: ${changes.length}</h2>
    ${
      changes.length === 0
        ? markup`<p>Nothing.</p>`
        : joined(
            CHANGE_KINDS.flatMap((kind) => {
              const own = changes.filter((change) => change.kind === kind);
              if (own.length === 0) return [];
              return [
                markup`<h3>${KIND_TITLES[kind]}: ${own.length}</h3>
                  ${table({
                    caption: `${KIND_TITLES[kind]} that changed`,
                    head: ['about', 'change', 'part', 'before', 'after'],
                    rows: own.map((change) => [
                      change.subject,
                      actionOf(change),
                      change.what,
                      change.before ?? '–',
                      change.after ?? '–',
                    ]),
                  })}`,
              ];
            }),
          )
    }
  </section>`;
