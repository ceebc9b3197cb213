// Text of strangers, taken apart so that nothing in it is unseen or seen otherwise than it is sent.

/** A piece of text as it is, or a character that cannot be seen, by its number. */
export type Piece = { text: string } | { hidden: string; name: string }

const NAMES: Readonly<Record<string, string>> = {
  '202A': 'begins left-to-right text',
  '202B': 'begins right-to-left text',
  '202D': 'forces left-to-right order',
  '202E': 'reverses the order of what follows',
  '2066': 'begins left-to-right text',
  '2067': 'begins right-to-left text',
  '200B': 'a space without width',
  '200C': 'joins nothing',
  '200D': 'joins letters',
  '2060': 'joins words without width',
  '00AD': 'a hyphen that is not shown',
  FEFF: 'a space without width',
}

// Controls, formats, private characters, line separators, and letters that show nothing; not the end of a line.
const UNSEEN =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]|\u034f|\u180b|\u180c|\u180d|\u180f/gu
const PICTURE = /\p{Extended_Pictographic}/u
const VARIANT = '\ufe0f'

/** Take a text apart at what cannot be seen; the joiner inside a picture of several is part of it. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let start = 0
  for (const match of text.matchAll(UNSEEN)) {
    const place = match.index
    const end = place + match[0].length
    if (match[0] === '\u200d' && joinsPictures(text, place)) continue
    if (place > start) pieces.push({ text: text.slice(start, place) })
    const hidden = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    pieces.push({ hidden: `U+${hidden}`, name: NAMES[hidden] ?? 'a character that cannot be seen' })
    start = end
  }
  if (start < text.length) pieces.push({ text: text.slice(start) })
  return pieces
}

function joinsPictures(text: string, place: number): boolean {
  const before = text.slice(Math.max(0, place - 3), place).replace(VARIANT, '')
  return PICTURE.test(before) && PICTURE.test(text.slice(place + 1, place + 3))
}

/** Whether a word mixes alphabets whose letters look alike, such as a Cyrillic а in a Latin word. */
export function mixesAlphabets(text: string): boolean {
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).some(
    (word) => /\p{Script=Latin}/u.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word),
  )
}
