import { documentsOf, type JudgedDocument, PLANS } from './documents';
import { tryChanges } from './single-changes';

/** Changes of each document; the slow tier tries all. */
const SAMPLE = 25;

describe.each(Object.keys(PLANS))('configuration in the plan of %s', (plan) => {
  let documents: readonly JudgedDocument[] = [];
  beforeAll(async () => {
    documents = await documentsOf(PLANS[plan]!());
  });

  it('keeps every promise as it stands', () => {
    expect(documents.length).toBeGreaterThan(3);
    for (const { title, value, complaints } of documents) expect([title, complaints(value)]).toEqual([title, 0]);
  });

  it('is found out after any single change, but for those that are known to be harmless', () => {
    const missed = documents.flatMap((document) =>
      tryChanges(document, SAMPLE).missed.map((change) => `${document.title}: ${change}`),
    );
    expect(missed).toEqual([]);
  });
});
