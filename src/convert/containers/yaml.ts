/**
 * Reads the settings files that code bases put beside their checkpoints: YAML's maps and lists, by indentation or in
 * brackets, with plain and quoted scalars. No anchors, tags, block scalars or second documents; those stay text, because
 * settings are hints alone. Undefined for what is no map, for more than `MOST_TEXT` characters and for what is too deep.
 */
export function readYaml(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.length > MOST_TEXT) return undefined;
  try {
    const value = new Lines(text).block(0, 0);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof NotYaml) return undefined;
    throw error;
  }
}

const MOST_TEXT = 2 ** 18;
const DEEPEST = 32;

class NotYaml extends Error {}

interface Line {
  readonly indent: number;
  readonly text: string;
}

class Lines {
  readonly #lines: Line[] = [];
  #at = 0;

  constructor(text: string) {
    for (const raw of text.replace(/^\ufeff/, '').split(/\r\n|[\r\n]/)) {
      const line = withoutComment(raw).trimEnd();
      if (line.trim() === '' || /^(---|\.\.\.|%.*)$/.test(line)) continue;
      const indent = line.length - line.trimStart().length;
      this.#lines.push({ indent, text: line.slice(indent) });
    }
  }

  /** What begins at the current line, all of it indented by at least `least`. */
  block(least: number, depth: number): unknown {
    if (depth > DEEPEST) throw new NotYaml();
    const first = this.#lines[this.#at];
    if (!first || first.indent < least) return null;
    if (isItem(first.text)) return this.#list(first.indent, depth);
    return splitKey(first.text) ? this.#map(first.indent, depth) : this.#scalar(this.#next().text);
  }

  #next(): Line {
    return this.#lines[this.#at++]!;
  }

  #list(indent: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (let line = this.#lines[this.#at]; line?.indent === indent && isItem(line.text); line = this.#lines[this.#at]) {
      const rest = line.text.slice(1).trimStart();
      if (rest === '') {
        this.#at++;
        items.push(this.block(indent + 1, depth + 1));
      } else if (isItem(rest) || splitKey(rest)) {
        // What follows the dash stands as if it were on a line of its own.
        this.#lines[this.#at] = { indent: indent + line.text.length - rest.length, text: rest };
        items.push(this.block(indent + 1, depth + 1));
      } else {
        this.#at++;
        items.push(this.#scalar(rest));
      }
    }
    return items;
  }

  #map(indent: number, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let line = this.#lines[this.#at]; line && line.indent >= indent; line = this.#lines[this.#at]) {
      const pair = splitKey(line.text);
      if (line.indent > indent || !pair) throw new NotYaml();
      this.#at++;
      const [key, rest] = pair;
      if (rest !== '') entries.push([key, this.#scalar(rest)]);
      // A list may stand as far to the left as its key.
      else entries.push([key, this.block(isItem(this.#lines[this.#at]?.text ?? '') ? indent : indent + 1, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  /** A scalar, or brackets, which may go on for several lines. */
  #scalar(text: string): unknown {
    if (!/^[[{]/.test(text)) return readScalar(text);
    const parts = [text];
    for (let open = openBrackets(text); open > 0 && this.#at < this.#lines.length; ) {
      const more = this.#next().text;
      parts.push(more);
      open += openBrackets(more);
    }
    return new Flow(parts.join(' ')).read();
  }
}

const isItem = (text: string): boolean => text === '-' || text.startsWith('- ');

/** `key: value` or `key:`; the key may be quoted. */
function splitKey(text: string): readonly [string, string] | undefined {
  if (/^[[{]/.test(text)) return undefined;
  const quote = /^["']/.exec(text)?.[0];
  const from = quote === undefined ? 0 : text.indexOf(quote, 1) + 1;
  if (quote !== undefined && from === 0) return undefined;
  const colon = from + text.slice(from).search(/:(?=\s|$)/);
  if (colon < from || colon === 0) return undefined;
  const key = text.slice(0, colon).trim();
  return [readQuoted(key) ?? key, text.slice(colon + 1).trim()];
}

/** A `#` begins a comment at the start and after a blank, outside quotes. */
function withoutComment(line: string): string {
  if (!line.includes('#')) return line;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const sign = line[i]!;
    if (quote) {
      if (sign === '\\' && quote === '"') i++;
      else if (sign === quote) quote = '';
    } else if ((sign === '"' || sign === "'") && !/\w/.test(line[i - 1] ?? '')) quote = sign;
    else if (sign === '#' && (i === 0 || /\s/.test(line[i - 1]!))) return line.slice(0, i);
  }
  return line;
}

/** How many brackets a line opens, less those it closes. */
function openBrackets(line: string): number {
  const brackets = line.replace(/"[^"]*"|'[^']*'/g, '').match(/[[\]{}]/g) ?? [];
  return brackets.reduce((open, sign) => open + (/[[{]/.test(sign) ? 1 : -1), 0);
}

/** Lists and maps in brackets. */
class Flow {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens =
      text.match(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[[\]{},]|:(?=[\s,\]}]|$)|[^\s[\]{},:"'](?:[^[\]{},:]|:(?=\S))*/g) ?? [];
  }

  read(depth = 0): unknown {
    if (depth > DEEPEST) throw new NotYaml();
    const token = this.#tokens[this.#at++];
    if (token === '[') return this.#items(']', () => this.read(depth + 1));
    if (token !== '{') return token === undefined || /^[\]},:]$/.test(token) ? fail() : readScalar(token.trim());
    const entries = this.#items('}', () => {
      const key = this.read(depth + 1);
      if (this.#tokens[this.#at] !== ':') return [String(key), null] as const;
      this.#at++;
      return [String(key), /^[,}]$/.test(this.#tokens[this.#at] ?? '}') ? null : this.read(depth + 1)] as const;
    });
    return Object.fromEntries(entries);
  }

  #items<Item>(end: string, read: () => Item): Item[] {
    const items: Item[] = [];
    while (this.#tokens[this.#at] !== end) {
      if (this.#at >= this.#tokens.length) fail();
      items.push(read());
      if (this.#tokens[this.#at] === ',') this.#at++;
      else if (this.#tokens[this.#at] !== end) fail();
    }
    this.#at++;
    return items;
  }
}

function fail(): never {
  throw new NotYaml();
}

const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['~', null],
]);

function readScalar(text: string): unknown {
  const quoted = readQuoted(text);
  if (quoted !== undefined) return quoted;
  const word = WORDS.get(text.toLowerCase());
  if (word !== undefined) return word;
  return NUMBER.test(text) ? Number(text) : text;
}

function readQuoted(text: string): string | undefined {
  if (/^'.*'$/s.test(text) && text.length > 1) return text.slice(1, -1).replaceAll("''", "'");
  if (!/^".*"$/s.test(text) || text.length < 2) return undefined;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
