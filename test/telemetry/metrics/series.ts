/** Names of series that an expression asks for, read without its grammar: promtool judges that in `npm run test:metrics`. */

const WORDS = new Set([
  ...['sum', 'max', 'min', 'by', 'without', 'or', 'and', 'rate', 'increase', 'time', 'vector'],
  ...['min_over_time', 'histogram_quantile', 'humanize'],
]);

export function unknownSeries(expr: string, known: ReadonlySet<string>): string[] {
  const byPattern = [...expr.matchAll(/__name__=~"(\w+)\(_total\)\?"/g)].map(([, name = '']) => name);
  const bare = expr
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[\w+\]/g, '')
    .replace(/\b(by|without) \([^)]*\)/g, '')
    .replace(/\b\d[\d.]*\b/g, '');
  const names = bare.match(/[A-Za-z_][\w:]*/g) ?? [];
  return [...names.filter((name) => !WORDS.has(name)), ...byPattern].filter((name) => !known.has(name));
}
