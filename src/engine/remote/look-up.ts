import { HttpRequests } from '../../convert/http-requests.ts';
import { idFrom } from '../../convert/model-folder.ts';
import { TokenscopeError } from '../../core/errors.ts';
import type { RemoteChoice, RemoteFile, RemoteModel } from '../protocol.ts';
import { encodePath, type Place, parseAddress } from './address.ts';
import { type Group, groupFiles, type ListedFile } from './choices.ts';

export interface Network {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

type HubPlace = Extract<Place, { kind: 'hub' }>;

/** A repository of tens of thousands of files is no model. */
const MOST_PAGES = 10;

/** What lies at an address. Throws `remote-*`, `checkpoint-cors`, `model-offline`, `model-web-page`. */
export async function lookUpModel(address: string, network: Network): Promise<RemoteModel> {
  const place = parseAddress(address);
  return place.kind === 'hub' ? lookUpRepository(place, network) : linkedModel(place.url, network);
}

async function linkedModel(url: string, network: Network): Promise<RemoteModel> {
  const { host, pathname } = new URL(url);
  const name = nameIn(pathname) || host;
  const kind = /\.onnx$/i.test(name) ? 'onnx' : name === 'manifest.json' ? 'folder' : 'checkpoint';
  // Half the world's checkpoints are called model.ckpt.
  const folder = nameIn(pathname.replace(/\/[^/]*$/, ''));
  const id = idFrom(`${idFrom(`${folder}-${name}`).slice(0, 50)}-${shortHash(url)}`);
  const beside = kind === 'onnx' ? await filesBeside(url, network) : [];
  const named = kind === 'checkpoint' && folder ? `${folder}/${name}` : name;
  return { host, choices: [{ kind, id, title: name, files: [{ name: named, url }, ...beside] }] };
}

/** What exporters put beside a graph under names that follow from its own: weights, and the other half. A link names one file only. */
async function filesBeside(url: string, network: Network): Promise<RemoteFile[]> {
  const { pathname } = new URL(url);
  const name = nameIn(pathname);
  const other = name.replace(/encoder|decoder/i, (half) => (/^e/i.test(half) ? 'decoder' : 'encoder'));
  const graphs = [...new Set([name, other])];
  const names = graphs.flatMap((graph) => [graph, `${graph}.data`, `${graph}_data`]).filter((one) => one !== name);
  const found = names.map(async (one) => {
    const address = new URL(url);
    address.pathname = `${pathname.slice(0, pathname.lastIndexOf('/') + 1)}${encodeURIComponent(one)}`;
    return (await isThere(address.href, network)) ? [{ name: one, url: address.href }] : [];
  });
  return (await Promise.all(found)).flat();
}

/** Hosts that answer everything with a page have nothing there. */
async function isThere(url: string, network: Network): Promise<boolean> {
  const response = await new HttpRequests(url, network).part({ from: 0, to: 1 }).catch(() => undefined);
  network.signal.throwIfAborted();
  response?.body?.cancel().catch(() => {});
  return response?.ok === true && !/html/i.test(response.headers.get('content-type') ?? '');
}

async function lookUpRepository(place: HubPlace, network: Network): Promise<RemoteModel> {
  const { origin, repository, path } = place;
  const [files, licence] = await Promise.all([listFiles(place, network), readLicence(place, network)]);
  const below = files.filter((file) => file.path === path || file.path.startsWith(`${path}/`));
  const groups = groupFiles(path && below.length > 0 ? besides(below, files) : files);
  const asked = groups.filter(({ files: own }) => own.some((file) => file.path === path));
  const choices = (asked.length > 0 ? asked : groups).map((group) => choiceOf(group, place));
  if (choices.length === 0)
    throw new TokenscopeError('remote-nothing', { repository: path ? `${repository}/${path}` : repository });
  const page = `${origin}/${repository}`;
  return { host: new URL(origin).host, repository, page, choices, ...(licence && { licence }) };
}

/** A file that was asked for comes with what lies in its folder: its settings, its other parts. */
function besides(below: readonly ListedFile[], files: readonly ListedFile[]): readonly ListedFile[] {
  const [only] = below;
  if (below.length > 1 || !only) return below;
  const folder = only.path.slice(0, only.path.lastIndexOf('/') + 1);
  return files.filter(({ path }) => path.startsWith(folder) && !path.slice(folder.length).includes('/'));
}

function choiceOf({ kind, title, files }: Group, { origin, repository, revision }: HubPlace): RemoteChoice {
  const at = `${origin}/${repository}/resolve/${encodeURIComponent(revision)}`;
  const remote = files.map(({ path, bytes }) => ({
    // Some files tell what they are only by where they lie.
    name: kind === 'checkpoint' ? `${nameIn(repository)}/${path}` : kind === 'onnx' ? path : nameIn(path),
    url: `${at}/${encodePath(path)}`,
    ...(bytes !== undefined && { bytes }),
  }));
  return { kind, id: idOf(repository, title, revision), title, files: remote };
}

/** Words that say nothing about a model. */
const PLAIN = /(diffusion_)?(pytorch|flax)_model|\bmodel\b|encoder \+ decoder/gi;

function idOf(repository: string, title: string, revision: string): string {
  const said = title.replace(/\.\w+$/, '').replace(PLAIN, '');
  return idFrom([repository, said, revision === 'main' ? '' : revision].join('-').replaceAll('/', '-'));
}

/** https://huggingface.co/docs/hub/api: `/api/models/<repository>/tree/<revision>?recursive=true`, page by page. */
async function listFiles(place: HubPlace, network: Network): Promise<readonly ListedFile[]> {
  const { origin, repository, revision } = place;
  const files: ListedFile[] = [];
  let url: string | undefined = `${origin}/api/models/${repository}/tree/${encodeURIComponent(revision)}?recursive=true`;
  for (let page = 0; url && page < MOST_PAGES; page++) {
    const { response, body } = await askHub(url, repository, network);
    if (!Array.isArray(body)) throw new TokenscopeError('model-web-page', { file: repository });
    files.push(...body.flatMap(readEntry));
    url = nextPage(response.headers.get('link'), url);
  }
  return files;
}

/** Anything that may be absent is taken to be. */
function readEntry(entry: unknown): ListedFile[] {
  const { type, path, size, lfs } = (entry ?? {}) as Record<string, unknown>;
  if (typeof path !== 'string' || (type !== undefined && type !== 'file')) return [];
  const bytes = (lfs as { size?: unknown } | undefined)?.size ?? size;
  return [{ path, ...(typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 && { bytes }) }];
}

/** `<https://…?cursor=…>; rel="next"`, of the same server only. */
function nextPage(link: string | null, from: string): string | undefined {
  const target = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1];
  if (!target || !URL.canParse(target, from)) return undefined;
  const next = new URL(target, from);
  return next.origin === new URL(from).origin ? next.href : undefined;
}

/** As the card states it; without it the model opens all the same. */
async function readLicence({ origin, repository }: HubPlace, network: Network): Promise<string | undefined> {
  const asked = await askHub(`${origin}/api/models/${repository}`, repository, network).catch(() => undefined);
  network.signal.throwIfAborted();
  const { cardData, tags } = (asked?.body ?? {}) as { cardData?: unknown; tags?: unknown };
  const card = (cardData ?? {}) as Record<string, unknown>;
  const named = typeof card.license_name === 'string' ? card.license_name : undefined;
  const stated = card.license === 'other' && named ? named : card.license;
  if (typeof stated === 'string') return stated;
  if (Array.isArray(stated)) return stated.filter((each) => typeof each === 'string').join(', ') || undefined;
  const tag = Array.isArray(tags) && tags.find((each): each is string => typeof each === 'string' && each.startsWith('license:'));
  return tag ? tag.slice('license:'.length) : undefined;
}

async function askHub(
  url: string,
  repository: string,
  { fetch, signal }: Network,
): Promise<{ response: Response; body: unknown }> {
  const response = await new HttpRequests(url, { fetch, signal }).send().catch((error: unknown) => {
    if (error instanceof TokenscopeError && error.code === 'model-offline')
      throw new TokenscopeError('model-offline', { file: repository }, { cause: error });
    throw error;
  });
  if (!response.ok) {
    response.body?.cancel().catch(() => {});
    throw new TokenscopeError('remote-refused', { repository, status: response.status });
  }
  try {
    return { response, body: await response.json() };
  } catch (error) {
    signal.throwIfAborted();
    throw new TokenscopeError('model-web-page', { file: repository }, { cause: error });
  }
}

function nameIn(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** FNV-1a, 32 bits. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of new TextEncoder().encode(text)) hash = Math.imul(hash ^ letter, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
