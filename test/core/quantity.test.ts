import { gibibytes, mebibytes, parseQuantity } from '../../core/quantity';

/** Powers of ten and of two (k8s.io/apimachinery, pkg/api/resource/suffix.go). */
const DECIMAL = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

describe('parseQuantity', () => {
  // k8s.io/apimachinery pkg/api/resource/quantity_test.go has these forms.
  it.each([
    ['2', 2],
    ['500m', 0.5],
    ['1.5', 1.5],
    ['1.', 1],
    ['1.25Gi', 1.25 * 2 ** 30],
    ['16Gi', 16 * 2 ** 30],
    ['5120Mi', 5 * 2 ** 30],
    ['1k', 1000],
    ['1e3', 1000],
    ['1E3', 1000],
    ['25e-1', 2.5],
    ['1.5e+12', 1.5e12],
    ['12E', 12e18],
    ['.5', 0.5],
    ['.25', 0.25],
    ['-2', -2],
    ['+2', 2],
    ['-.5Ki', -512],
    ['+.5', 0.5],
    ['-1e-3', -0.001],
    [8, 8],
    [0.5, 0.5],
  ])('reads %s', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 9);
  });

  it.each([
    ...Object.entries(DECIMAL).map(([suffix, power]) => [suffix, 10 ** power] as const),
    ...Object.entries(BINARY).map(([suffix, power]) => [suffix, 2 ** power] as const),
  ])('knows the suffix %j', (suffix, factor) => {
    expect(parseQuantity(`3${suffix}`) / factor).toBeCloseTo(3, 9);
  });

  it.each([
    ...[
      '',
      'Gi',
      '1 Gi',
      '1gi',
      '0x10',
      '1e3Gi',
      'x1',
      '1x',
      '.',
      '+',
      '-',
      '1.5.5',
      '*1',
      '1ki',
      '1ni',
      '1i',
      '1e',
      '1e*3',
      '1e3.5',
    ],
    ...['--1', '+-1', ' 1', '1\n', 'NaN', 'Infinity', '1,5'],
  ])('refuses %j, with the forms that there are', (text) => {
    expect(() => parseQuantity(text)).toThrow(
      expect.objectContaining({
        code: 'QUANTITY_INVALID',
        message: `"${text}" is no Kubernetes quantity`,
        fix: 'write e.g. 500m, 2, 16Gi',
      }) as Error,
    );
  });
});

describe('bytes as quantities', () => {
  it.each([
    [0, '0Mi', '0Gi'],
    [1, '1Mi', '1Gi'],
    [2 ** 20, '1Mi', '1Gi'],
    [2 ** 20 + 1, '2Mi', '1Gi'],
    [2 ** 30, '1024Mi', '1Gi'],
    [2 ** 30 + 1, '1025Mi', '2Gi'],
    [70 * 2 ** 30, '71680Mi', '70Gi'],
  ])('%d are rounded up to %s or %s, and never hold less', (bytes, mebi, gibi) => {
    expect([mebibytes(bytes), gibibytes(bytes)]).toEqual([mebi, gibi]);
    expect(parseQuantity(mebi)).toBeGreaterThanOrEqual(bytes);
    expect(parseQuantity(gibi)).toBeGreaterThanOrEqual(bytes);
  });
});
