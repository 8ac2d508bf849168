import { EVERYWHERE, isSeenAt } from './leaves';

describe('what changed between two plans', () => {
  it('is seen at every value of the plan', () => {
    expect(EVERYWHERE.length).toBeGreaterThan(200);
    expect(EVERYWHERE.filter((pointer) => !isSeenAt(pointer))).toEqual([]);
  });
});
