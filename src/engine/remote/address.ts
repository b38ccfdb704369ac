import { TokenscopeError } from '../../core/errors.ts';

/** What an address means: one file, or (part of) a repository of a model hub. */
export type Place =
  | { readonly kind: 'link'; readonly url: string }
  | {
      readonly kind: 'hub';
      readonly origin: string;
      /** `owner/name`. */
      readonly repository: string;
      readonly revision: string;
      /** A file or folder in it; empty for all of it. */
      readonly path: string;
    };

const HUB = 'https://huggingface.co';
/** The hub under its other names, and its mirror, which has the same interface. */
const HOSTS: ReadonlyMap<string, string> = new Map([
  ['huggingface.co', HUB],
  ['www.huggingface.co', HUB],
  ['hf.co', HUB],
  ['hf-mirror.com', 'https://hf-mirror.com'],
]);
const NAME = /^[\w][\w.-]*$/;
const VIEWS = ['tree', 'blob', 'resolve', 'raw'];
/** Collections on the hub that hold no models. */
const OTHERS = ['datasets', 'spaces'];

/** Throws `remote-address`. */
export function parseAddress(given: string): Place {
  const address = given.trim();
  const words = address.replace(/\/+$/, '').split('/');
  const bare = !/^\w+:\/\//.test(address);
  if (bare && words.length >= 2 && words.every(Boolean) && NAME.test(words[0]!) && !looksLikeHost(words)) {
    return repositoryAt(HUB, words, address);
  }
  const url = readUrl(bare ? `https://${address}` : address, given);
  const origin = HOSTS.get(url.hostname);
  if (origin) return hubPlace(origin, url, address);
  return { kind: 'link', url: fileAddress(url).href };
}

/** `example.com/some/file.ckpt`, without a scheme; owners on the hub have no dots before a path of several parts. */
function looksLikeHost(words: readonly string[]): boolean {
  return HOSTS.has(words[0]!) || (words[0]!.includes('.') && words.length > 2);
}

function readUrl(address: string, given: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const near = url && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  const own = url && url.origin === globalThis.location?.origin;
  const known = url && (/\w\.\w/.test(url.hostname) || near || own);
  if (!url || !known || url.username || !(url.protocol === 'https:' || (url.protocol === 'http:' && (near || own)))) {
    throw new TokenscopeError('remote-address', { address: given });
  }
  return url;
}

function hubPlace(origin: string, url: URL, address: string): Place {
  const words = url.pathname.split('/').filter(Boolean).map(decode);
  const other = OTHERS.includes(words[0] ?? '');
  if (!other) return repositoryAt(origin, words, address);
  // A file in a data set is a link like any other.
  const view = words[3];
  if (words.length < 6 || !view || !VIEWS.includes(view)) throw new TokenscopeError('remote-address', { address });
  return { kind: 'link', url: `${origin}/${encodePath([...words.slice(0, 3), 'resolve', ...words.slice(4)].join('/'))}` };
}

/** `owner/name`, then nothing, `tree/<revision>/<path>` or, without a scheme, a path. */
function repositoryAt(origin: string, words: readonly string[], address: string): Place {
  const [owner = '', name = '', view, ...rest] = words;
  if (!NAME.test(owner) || !NAME.test(name)) throw new TokenscopeError('remote-address', { address });
  const repository = `${owner}/${name}`;
  if (view === undefined) return { kind: 'hub', origin, repository, revision: 'main', path: '' };
  if (!VIEWS.includes(view)) return { kind: 'hub', origin, repository, revision: 'main', path: pathOf([view, ...rest]) };
  const [revision = 'main', ...path] = rest;
  return { kind: 'hub', origin, repository, revision, path: pathOf(path) };
}

/** Tabs of a repository's page (`discussions`, `commits` …) are no folders; they match no file, and then all files count. */
function pathOf(words: readonly string[]): string {
  return words.join('/');
}

/** The file itself, where the page about it was copied. */
function fileAddress(url: URL): URL {
  const [owner, name, view, ...rest] = url.pathname.split('/').filter(Boolean);
  if (url.hostname !== 'github.com' || (view !== 'blob' && view !== 'raw')) return url;
  return new URL(`https://raw.githubusercontent.com/${[owner, name, ...rest].join('/')}`);
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
