import { digestOf } from '../../../core/digest';
import type { FoundRecord } from '../../../offline-bundle/history/history';
import { historyPage } from '../../../offline-bundle/history/text';
import { laidOut } from '../../../scripts/ui/layout';

const unnamed: FoundRecord = {
  ...{ act: 'import', time: '2026-06-15T12:00:00Z', root: digestOf('root') },
  ...{ terms: { trusted: ['a'.repeat(16)], threshold: 1 }, verdict: 'taken', reasons: [], sealedBy: [] },
  ...{ overruled: [{ what: 'sequence' }, { what: 'unsigned', reason: 'Ada' }] },
  ...{ number: 1, previous: null, signer: 'b'.repeat(16), digest: digestOf('record'), signature: 'unchecked' },
};
const record: FoundRecord = { ...unnamed, site: 'nordlicht', sequence: 3 };
const shown = (...args: Parameters<typeof historyPage>): string => laidOut(historyPage(...args), undefined);

it('shows each record in a line, what was overruled, and that the chain is whole', () => {
  const text = shown({ records: [record], problems: [], head: record.digest });
  expect(text).toContain('nordlicht #3 sha256:');
  expect(text).toContain('taken; overruled: sequence, unsigned (Ada)');
  expect(text).toContain('1 of 1 keys');
  expect(text).toContain(`whole: 1 records, each follows the one before; the last is ${record.digest}`);
  expect(text).toContain('note: signatures of 1 records are not checked');
});

it('tells a verification and a removal from an import', () => {
  const text = shown({
    records: [
      { ...record, act: 'verify', overruled: [] },
      { ...record, act: 'verify', verdict: 'refused', reasons: ['expired'], overruled: [] },
      { ...record, act: 'remove', overruled: [] },
    ],
    problems: [],
  });
  expect(text).toMatch(/ verified +│ 1 of 1 keys/);
  expect(text).toContain('verified, refused: expired');
  expect(text).toMatch(/ removed +│ – /);
  expect(text).not.toContain('taken');
});

it('ends with the first place where it broke', () => {
  const text = shown({
    records: [
      {
        ...{ ...unnamed, verdict: 'refused', reasons: ['older', 'other-site'], overruled: [] },
        ...{ terms: { policy: digestOf('policy') }, signature: 'none' },
      },
      { ...record, signer: null, signature: 'none' },
    ],
    problems: [
      { file: '00000002.json', problem: 'is not a record, or was changed' },
      { file: 'README', problem: 'is no record' },
    ],
  });
  expect(text).toContain('refused: older, other-site');
  expect(text).toContain(`policy ${digestOf('policy').slice(0, 19)}`);
  expect(text).toContain('WRONG');
  expect(text).toContain('problem: history/README is no record');
  expect(text.split('\n').at(-1)).toBe(
    'BROKEN at history/00000002.json: is not a record, or was changed; 2 problem(s) in all',
  );
});

it('says that there is none', () => {
  expect(shown({ records: [], problems: [] })).toBe('no record: nothing was imported since stores keep a history');
});
