import { parseQuantity } from '../../core/quantity';

describe('parseQuantity', () => {
  // k8s.io/apimachinery pkg/api/resource/quantity_test.go has these forms.
  it.each([
    ['2', 2],
    ['500m', 0.5],
    ['1.5', 1.5],
    ['16Gi', 16 * 2 ** 30],
    ['5120Mi', 5 * 2 ** 30],
    ['1k', 1000],
    ['1e3', 1000],
    ['12E', 12e18],
    ['.5', 0.5],
    [8, 8],
  ])('reads %s', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 9);
  });

  it.each(['', 'Gi', '1 Gi', '1gi', '0x10', '1e3Gi'])('refuses %j', (text) => {
    expect(() => parseQuantity(text)).toThrow('is no Kubernetes quantity');
  });
});
