export type TokenKind = 'keyword' | 'text' | 'name' | 'number' | 'comment' | 'plain';

export interface Token {
  kind: TokenKind;
  text: string;
}

const keywords = new Set(
  (
    'all and any as asc between by case cast cross current desc distinct else end except exists false filter first following from full ' +
    'group having ilike in inner intersect interval is join last left like limit not null nulls offset on or order outer over partition ' +
    'preceding qualify range right row rows select then true unbounded union using values when where window with'
  ).split(' '),
);

// What is still open at the end, a text or a comment, reaches to the end: so does the reader's view of what is being typed.
const patterns = [
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))/,
  /(?<text>'(?:[^']|'')*(?:'|$))/,
  /(?<name>"(?:[^"]|"")*(?:"|$))/,
  /(?<number>\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)/,
  /(?<word>[A-Za-z_]\w*)/,
];
const pattern = new RegExp(patterns.map(({ source }) => source).join('|'), 'g');

function kindOf(groups: Record<string, string | undefined>): TokenKind {
  if (groups['word'] !== undefined) return keywords.has(groups['word'].toLowerCase()) ? 'keyword' : 'plain';
  const found = (['comment', 'text', 'name', 'number'] as const).find((kind) => groups[kind] !== undefined);
  return found ?? 'plain';
}

/** Cuts a statement into coloured pieces; joined they are the statement again, whatever it holds. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const add = (kind: TokenKind, text: string) => {
    const last = tokens.at(-1);
    if (last?.kind === 'plain' && kind === 'plain') last.text += text;
    else if (text !== '') tokens.push({ kind, text });
  };
  let end = 0;
  for (const match of sql.matchAll(pattern)) {
    add('plain', sql.slice(end, match.index));
    add(kindOf(match.groups ?? {}), match[0]);
    end = match.index + match[0].length;
  }
  add('plain', sql.slice(end));
  return tokens;
}
