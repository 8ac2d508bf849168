import {
  deSocialSecurity,
  ean13,
  finnishCharacter,
  ibanCheck,
  irishLetter,
  italianLetter,
  luhn,
  mod11and10,
  portugueseCard,
  remainder,
  spanishLetter,
} from './corpus/check-digits';

// Examples that publishers print; `npm run bench:redaction` compares thousands with python-stdnum.
describe('check digits of the corpus agree with published examples', () => {
  it.each([
    ['ISO/IEC 7812: 4111111111111111', luhn('411111111111111'), '1'],
    ['Skatteverket: 811218-9876', luhn('811218987'), '6'],
    ['ISO 13616: DE89370400440532013000', ibanCheck('DE', '370400440532013000'), '89'],
    ['ISO 13616: GB82WEST12345698765432', ibanCheck('GB', 'WEST12345698765432'), '82'],
    ['ZAS: 756.9217.0769.85', ean13('756921707698'), '5'],
    ['BZSt: 36574261809', mod11and10('3657426180'), '9'],
    ['VKVV: 15 070649 C 103', deSocialSecurity('15070649C10'), '3'],
    ['Ministerio del Interior: 12345678Z', spanishLetter('12345678'), 'Z'],
    ['DVV: 131052-308T', finnishCharacter('131052308'), 'T'],
    ['Revenue: 1234567FA', irishLetter('1234567', 'A'), 'F'],
    ['Agenzia delle Entrate: RSSMRA85T10A562S', italianLetter('RSSMRA85T10A562'), 'S'],
    ['AMA: 00000000 0 ZZ4', portugueseCard('000000000ZZ'), '4'],
    ['IBZ: 85.07.30-033.28', String(97 - remainder('850730033', 97)), '28'],
  ])('%s', (_example, computed, published) => {
    expect(computed).toBe(published);
  });
});
