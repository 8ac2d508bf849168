/** Check digits of values that stand alone: what has the form of one, and is none, is left. */

/** ISO/IEC 7812-1:2017, annex B. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const value = at % 2 === 1 ? 2 * digit : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** ISO/IEC 7064, MOD 97-10, with the first four characters at the end (ISO 13616-1). */
function mod97(value: string): boolean {
  const moved = `${value.slice(4)}${value.slice(0, 4)}`.toLowerCase();
  let rest = 0;
  for (const character of moved) {
    const number = Number.parseInt(character, 36);
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest === 1;
}

/** Digits of a card; three more behind sixteen may be what stands on its back. */
const isCard = (match: string): boolean => {
  const digits = match.replace(/[^0-9]/g, '');
  return luhn(digits) || (digits.length > 16 && luhn(digits.slice(0, 16)));
};

/** Edges that the pattern takes along are no part of the account. */
const isIban = (match: string): boolean => mod97(match.replace(/[^0-9A-Za-z]/g, ''));

/** By the name of the pattern. */
export const CHECK_DIGITS: Readonly<Record<string, (match: string) => boolean>> = {
  'payment-iban': isIban,
  'payment-card': isCard,
};
