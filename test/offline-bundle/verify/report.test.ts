import { countChecks, fail, failures, note, pass, skipped } from '../../../offline-bundle/verify/report';

const CHECKS = [
  pass('blob', 'a', '1 bytes'),
  fail('blob', 'b', 'changed', 'SHA-256'),
  skipped('seal', 'c', 'not counted'),
  note('seal', 'd', 'odd'),
  fail('layout', 'e', 'missing', 'gone'),
  pass('index', 'f', 'names it'),
  pass('lock', 'g', 'as the lock says'),
];

describe('checks', () => {
  it('say what was checked, and what was found', () => {
    expect(CHECKS.slice(0, 4)).toStrictEqual([
      { id: 'blob', subject: 'a', result: 'pass', detail: '1 bytes' },
      { id: 'blob', subject: 'b', result: 'fail', detail: 'SHA-256', fault: 'changed' },
      { id: 'seal', subject: 'c', result: 'skipped', detail: 'not counted' },
      { id: 'seal', subject: 'd', result: 'note', detail: 'odd' },
    ]);
  });

  it('show names of a stranger without their controls', () => {
    for (const made of [pass('blob', '\u001b', '\r'), fail('blob', '\u001b', 'changed', '\r')])
      expect(made).toMatchObject({ subject: '\\u{1b}', detail: '\\u{d}' });
  });

  it('are counted by what was found; a note is no result', () => {
    expect(countChecks(CHECKS)).toEqual({ pass: 3, fail: 2, skipped: 1 });
    expect(countChecks([])).toEqual({ pass: 0, fail: 0, skipped: 0 });
    expect(failures(CHECKS).map(({ subject }) => subject)).toEqual(['b', 'e']);
  });
});
