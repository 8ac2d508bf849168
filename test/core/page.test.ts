import { commandLine, table } from '../../core/page';

describe('what a command says', () => {
  it('is a table whose cells hold numbers, texts, or several lines', () => {
    expect(
      table(
        ['name', 'size'],
        [
          ['a', 3],
          [['b', 'c'], ''],
        ],
      ),
    ).toEqual({
      head: ['name', 'size'],
      rows: [
        [['a'], ['3']],
        [['b', 'c'], ['']],
      ],
    });
  });

  it('is a command to type, with what stands before it', () => {
    expect(commandLine('  ', 'airlock verify /media/*')).toEqual({ lead: '  ', command: 'airlock verify /media/*' });
  });

  it('shows controls of what came from outside as text', () => {
    expect(table(['\u001b'], [['\r']])).toEqual({ head: ['\\u{1b}'], rows: [[['\\u{d}']]] });
    expect(commandLine('\n', 'a\u001b[2J')).toEqual({ lead: '\\u{a}', command: 'a\\u{1b}[2J' });
  });
});
