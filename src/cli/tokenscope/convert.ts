import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { convertCheckpoint, unrecognised } from '../../convert/architectures/index.ts';
import { idFrom, modelFolder } from '../../convert/model-folder.ts';
import { openCheckpoint } from '../../convert/open-checkpoint.ts';
import { LICENCE_NOT_STATED } from '../../core/licence.ts';
import { type Scaling, scalingNames } from '../../core/proposal.ts';
import { convertOnnx } from './convert-onnx.ts';
import { fileSource } from './file-source.ts';
import { writeFolder } from './folder.ts';

/**
 * `convert <files…> --out <model folder> [--half] [--graph plain|fast] [--id <id>] [--title <words>] [--licence <words>]`; for ONNX
 * also `[--pixels <scaling>] [--bgr]`.
 */
export async function convert(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      half: { type: 'boolean', default: false },
      graph: { type: 'string', default: 'plain' },
      id: { type: 'string' },
      title: { type: 'string' },
      licence: { type: 'string', default: LICENCE_NOT_STATED },
      pixels: { type: 'string' },
      bgr: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new Error('Name the files of a checkpoint to convert.');
  if (!values.out) throw new Error('Say where the model folder goes: --out <folder>.');
  const { graph } = values;
  if (graph !== 'plain' && graph !== 'fast') throw new Error(`--graph is plain or fast, not ${graph}.`);
  const folder = positionals.find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (folder) throw new Error(`${folder} is a folder; name the files in it.`);
  if (positionals.some((path) => /\.onnx$/i.test(path))) {
    if (values.half || graph !== 'plain') throw new Error('--half and --graph are for checkpoints; a graph stays as it is.');
    const { out, title, licence } = values;
    const scaling = scalingFrom(values.pixels, values.bgr);
    return convertOnnx(positionals, {
      out,
      id: values.id ?? idFrom(out),
      licence,
      scaling,
      ...(title !== undefined && { title }),
    });
  }
  if (values.pixels !== undefined || values.bgr) throw new Error('--pixels and --bgr are for ONNX; a checkpoint says its own.');
  const sources = await Promise.all(positionals.map(fileSource));
  try {
    const named = sources.map((source) => ({ name: source.name, source }));
    const checkpoint = await openCheckpoint(named);
    const start = performance.now();
    const converted = await convertCheckpoint(checkpoint, { weights: values.half ? 'half' : 'stored', graph, check: true });
    if (!converted) throw unrecognised(checkpoint);
    const milliseconds = performance.now() - start;
    const { name } = sources.reduce((a, b) => (b.size > a.size ? b : a));
    const { architecture } = converted.manifest;
    const id = values.id ?? idFrom(values.out);
    const source = { licence: values.licence };
    const model = modelFolder(converted, { id, title: values.title ?? `${name} (${architecture})`, source });
    await writeFolder(values.out, model);
    const { used, ignored, copied, relaid } = converted.report;
    const anew = `${(copied / 1e6).toFixed(1)} MB laid out anew${relaid ? `, ${(relaid / 1e6).toFixed(1)} MB more while it loads` : ''}`;
    process.stdout.write(
      `${values.out}: ${architecture}, ${used.length} tensors used, ${ignored.length} left out, ${anew}, drawn in ${milliseconds.toFixed(0)} ms\n`,
    );
    return 0;
  } finally {
    for (const source of sources) await source.close();
  }
}

/** What the visitor of the page picks from a contact sheet. undefined: it is to be found out. */
function scalingFrom(pixels: string | undefined, bgr: boolean): Scaling | undefined {
  if (pixels === undefined && !bgr) return undefined;
  const name = scalingNames.find((one) => one === (pixels ?? 'minus-one-one'));
  if (!name) throw new Error(`--pixels is one of ${scalingNames.join(', ')}, not ${pixels}.`);
  return { input: name, output: name, channels: bgr ? 'bgr' : 'rgb' };
}
