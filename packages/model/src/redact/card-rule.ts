import type { SecretRule } from './secret-rule.ts'

/** 13–19 digits in one run, or in the groups printed on cards, with one kind of separator. */
const cardLike =
  /(?<![\w.-])(?:[2-6]\d{12,18}|[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|3[47]\d{2}([ -])\d{6}\2\d{5})(?![\w-])/gu

/** Digits of the shortest number of a card. */
export const cardDigitsMin = 13

/** Numbers of payment cards: by their digits, their length and their check digit. */
export const cardRule: SecretRule = {
  needs: [['0'.repeat(cardDigitsMin), '0000 0000', '0000-0000', '0000 000000', '0000-000000']],
  find: (text, edits) => {
    cardLike.lastIndex = 0
    for (let match = cardLike.exec(text); match !== null; match = cardLike.exec(text)) {
      const end = match.index + match[0].length
      if (isCardNumber(match[0].replace(/[ -]/gu, '')))
        edits.push({ start: match.index, end, mark: '[redacted:card]' })
    }
  },
}

/** The lengths and first digits that issuers use, and the Luhn check: a tenth of other numbers would pass Luhn alone. */
function isCardNumber(digits: string): boolean {
  const known =
    /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|6\d{15,18}|5[06-8]\d{11,17})$/u
  return known.test(digits) && passesLuhn(digits)
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48
    const doubled = digit * 2
    if (index % 2 === 0) sum += digit
    else sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
