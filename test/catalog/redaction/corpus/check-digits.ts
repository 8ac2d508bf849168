/** Check digits as their publishers define them; shares no code with the packs, which cannot compute any. */

const digitsOf = (text: string): number[] => Array.from(text).map(Number);

/** Sum of the products of digits and weights; the weights begin again where they end. */
export const weighted = (digits: string, weights: readonly number[]): number =>
  digitsOf(digits).reduce((sum, digit, at) => sum + digit * (weights[at % weights.length] ?? 0), 0);

const crossSum = (value: number): number => Math.floor(value / 10) + (value % 10);

/** ISO/IEC 7812-1 annex B, over everything but the check digit. */
export function luhn(digits: string): string {
  const sum = digitsOf(digits)
    .reverse()
    .reduce((total, digit, at) => total + (at % 2 === 0 ? crossSum(2 * digit) : digit), 0);
  return String((10 - (sum % 10)) % 10);
}

/** GS1 General Specifications 7.9, for 13 digits. */
export const ean13 = (digits: string): string => String((10 - (weighted(digits, [1, 3]) % 10)) % 10);

/** ISO/IEC 7064 MOD 11,10. */
export function mod11and10(digits: string): string {
  const product = digitsOf(digits).reduce((carried, digit) => (((carried + digit) % 10 || 10) * 2) % 11, 10);
  return String((11 - product) % 10);
}

/** Remainder of a number of any length. */
export const remainder = (digits: string, modulus: number): number => Number(BigInt(digits) % BigInt(modulus));

/** Letters as two digits from 10 on: ISO 13616-1. */
const lettersAsNumbers = (text: string): string =>
  text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));

export const ibanCheck = (country: string, account: string): string =>
  String(98 - remainder(lettersAsNumbers(`${account}${country}00`), 97)).padStart(2, '0');

/** VKVV section 4: the letter counts as its place in the alphabet. */
export function deSocialSecurity(number: string): string {
  const digits = number.replace(/[A-Z]/, (letter) => String(letter.charCodeAt(0) - 64).padStart(2, '0'));
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  return String(digitsOf(digits).reduce((sum, digit, at) => sum + crossSum(digit * (weights[at] ?? 0)), 0) % 10);
}

export const spanishLetter = (digits: string): string => 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(digits) % 23);

export const finnishCharacter = (digits: string): string =>
  '0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(Number(digits) % 31);

/** Revenue, "PPSN checks": the second letter counts nine times its place. */
export const irishLetter = (digits: string, second = 'W'): string => {
  const letters = 'WABCDEFGHIJKLMNOPQRSTUV';
  return letters.charAt((weighted(digits, [8, 7, 6, 5, 4, 3, 2]) + 9 * letters.indexOf(second)) % 23);
};

const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Ministerial decree of 23 December 1976, article 6. */
export function italianLetter(code: string): string {
  const place = (character: string): number =>
    /[0-9]/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
  const sum = Array.from(code).reduce(
    (total, character, at) => total + (at % 2 === 0 ? (ODD[place(character)] ?? 0) : place(character)),
    0,
  );
  return String.fromCharCode(65 + (sum % 26));
}

/** Luhn over digits and letters from 10 on, as the Cartão de Cidadão has it. */
export function portugueseCard(number: string): string {
  const sum = Array.from(number)
    .reverse()
    .reduce((total, character, at) => {
      const value = Number.parseInt(character, 36) * (at % 2 === 0 ? 2 : 1);
      return total + (at % 2 === 0 && value > 9 ? value - 9 : value);
    }, 0);
  return String((10 - (sum % 10)) % 10);
}
