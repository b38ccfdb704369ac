import type { Manifest } from '../../core/manifest.ts';
import type { Claim, Corrections, Said } from '../../core/proposal.ts';
import type { Assembled } from './assemble.ts';
import type { Built } from './build.ts';
import type { Found } from './found.ts';
import type { RoledGraph } from './roles.ts';

/** How well the model that was made agrees with the files it was made of, on the card. */
export interface Agreement {
  readonly cells: number;
  readonly different: number;
  /** Largest difference of the reconstruction, as a share of its range. */
  readonly difference: number;
}

interface Known {
  readonly graphs: readonly RoledGraph[];
  readonly assembled: Assembled;
  readonly found: Found;
  readonly manifest: Manifest;
  readonly agreement: Agreement;
  readonly built: Built;
  /** The file itself says that it takes one size only. */
  readonly declared: boolean;
  readonly corrections: Corrections;
}

const say = (text: string, parameters: Said['parameters'] = {}): Said => ({ text: `open.because.${text}`, parameters });

/** What was found out, each with what says so. */
export function claimsOf(known: Known): Claim[] {
  return [
    parts(known),
    pixels(known),
    reduction(known),
    size(known),
    ...frames(known),
    quantizer(known),
    codebook(known),
    agreement(known),
  ];
}

function parts({ graphs, assembled }: Known): Claim {
  const used = graphs.filter(({ role }) => role !== 'unused');
  const [first] = used;
  const { rows, joined } = assembled;
  const pair = rows ? (rows.chosen ? 'rows' : 'scoreRows') : joined ? 'quantizerInDecoder' : 'pair';
  const text = used.length === 1 ? 'combined' : used.length === 3 ? 'three' : pair;
  const left = graphs.length - used.length;
  const named = (role: RoledGraph['role']) => used.find((graph) => graph.role === role)?.file ?? '';
  return {
    about: 'parts',
    because: say(text, {
      file: first?.file ?? '',
      encoder: named('encoder'),
      decoder: named('decoder'),
      left,
      size: rows?.size ?? 0,
    }),
    sure: used.every(({ sure }) => sure) && rows?.chosen !== false,
  };
}

function pixels({ assembled: { front, back } }: Known): Claim {
  const dims = front.end.facts.dims?.join(' × ') ?? '?';
  const parameters = { name: front.end.facts.name.replace(/^a\//, ''), dims, layout: front.end.layout, output: back.end.layout };
  const grey = front.end.channels === 1;
  const text = grey ? 'grey' : front.end.declared ? 'declared' : 'convolution';
  return { about: 'pixels', because: say(text, parameters), sure: front.end.declared && back.end.declared };
}

function reduction({ found, manifest }: Known): Claim {
  const { height, width } = found.probe;
  const { reduction: r } = manifest.size;
  const parameters = { from: `${height} × ${width}`, to: `${height / r} × ${width / r}`, reduction: r };
  return { about: 'reduction', because: say('reduction', parameters), sure: true };
}

function size({ manifest, built, declared }: Known): Claim {
  const { fixed, preferred, multipleOf } = manifest.size;
  if (built.frozen) return { about: 'size', because: say('frozen', { size: (preferred ?? []).join(' × ') }), sure: true };
  if (fixed) {
    const text = declared ? 'fixed' : 'onlySize';
    return { about: 'size', because: say(text, { size: (preferred ?? []).join(' × ') }), sure: declared };
  }
  return { about: 'size', because: say('multiple', { multiple: multipleOf }), sure: true };
}

function frames({ manifest, found, corrections }: Known): Claim[] {
  const rule = manifest.size.frames;
  if (!rule) return [];
  const parameters = { reduction: rule.reduction, window: rule.window, frames: found.probe.frames };
  return [{ about: 'frames', because: say(corrections.frames ? 'framesAsked' : rule.rule, parameters), sure: true }];
}

function quantizer({ found: { cut, tokens }, corrections }: Known): Claim {
  const asked = corrections.table === 'none';
  if (cut.kind === 'inside')
    return {
      about: 'quantizer',
      because: say(asked ? 'insideAsked' : cut.table ? 'insideTable' : 'inside'),
      sure: asked || cut.table !== undefined,
    };
  const cells = tokens?.values.length ?? 0;
  if (!cut.table) {
    const { kind, bits = 0, levels = [] } = cut.settings;
    const parameters = { op: cut.op, cells: cut.latents.measured.values.length / cut.dimension, bits, levels: levels.join(', ') };
    return { about: 'quantizer', because: say(kind === 'lfq' ? 'signs' : 'levels', parameters), sure: true };
  }
  const parameters = { score: cut.settings.score ?? 'l2', cells, name: plain(cut.table.name) };
  return { about: 'quantizer', because: say(cut.proven ? 'proven' : 'assumed', parameters), sure: cut.proven };
}

function codebook({ found, manifest }: Known): Claim {
  const { codebookSize = 0, entryDimension = 0, kind } = manifest.quantizer;
  const table = found.cut.table;
  if (found.cut.kind === 'outside' && !table) {
    const { size, dimension } = arithmeticSize(manifest);
    return { about: 'codebook', because: say('arithmetic', { size, dimension }), sure: true };
  }
  if (!table) {
    const known = found.codebookSize !== undefined;
    return { about: 'codebook', because: say(known ? 'scores' : 'bound', { size: codebookSize }), sure: known };
  }
  const op = found.cut.kind === 'outside' ? found.cut.op : '';
  const text = op === 'file' ? 'tableFile' : op.startsWith('Gather') ? 'tableGather' : op === '' ? 'table' : 'tableProduct';
  return {
    about: 'codebook',
    because: say(text, { size: codebookSize, dimension: entryDimension, name: plain(table.name), op }),
    sure: kind === 'vq' || table.rows === found.codebookSize,
  };
}

function agreement({ agreement: { cells, different, difference }, found }: Known): Claim {
  const parameters = { cells, different, difference: percent(difference) };
  const text = !found.tokens ? 'runs' : different === 0 ? 'agrees' : 'differs';
  return {
    about: 'agreement',
    because: say(text, parameters),
    sure: different === 0 && difference < 1e-3 && found.tokens !== undefined,
  };
}

/** Names without the prefix they got when graphs were joined. */
function plain(name: string): string {
  return name.replace(/^[ab]\//, '');
}

function percent(share: number): string {
  return share < 1e-12 ? '0 %' : `${Number((share * 100).toPrecision(1))} %`;
}

function arithmeticSize({ quantizer: { kind, bits = 0, levels = [] } }: Manifest): { size: number; dimension: number } {
  if (kind === 'lfq') return { size: 2 ** bits, dimension: bits };
  return { size: levels.reduce((a, b) => a * b, 1), dimension: levels.length };
}
