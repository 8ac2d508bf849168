/** Kubernetes quantities as numbers, and back (k8s.io/apimachinery, api/resource, "Quantity"). */
import { badInput } from './errors';

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * Value of a quantity in its base unit: cores, bytes, devices.
 *
 * @throws AirlockError (input) when it is none
 */
export function parseQuantity(quantity: string | number): number {
  const [, digits, exponent, suffix = ''] = QUANTITY.exec(String(quantity)) ?? [];
  const factor = FACTORS[suffix];
  if (digits === undefined || factor === undefined) {
    throw badInput('QUANTITY_INVALID', `"${String(quantity)}" is no Kubernetes quantity`, 'write e.g. 500m, 2, 16Gi');
  }
  return exponent === undefined ? Number(digits) * factor : Number(`${digits}${exponent}`);
}

const MIB = 1024 ** 2;

/** Bytes as whole mebibytes, rounded up. */
export const mebibytes = (bytes: number): string => `${Math.ceil(bytes / MIB)}Mi`;

/** Bytes as whole gibibytes, rounded up. */
export const gibibytes = (bytes: number): string => `${Math.ceil(bytes / MIB / 1024)}Gi`;
