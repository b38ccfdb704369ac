import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { convertCheckpoint, unrecognised } from '../../convert/architectures/index.ts';
import { idFrom, modelFolder } from '../../convert/model-folder.ts';
import { openCheckpoint } from '../../convert/open-checkpoint.ts';
import { fileSource } from './file-source.ts';
import { writeFolder } from './folder.ts';

/** `convert <files…> --out <model folder> [--half] [--graph plain|fast] [--id <id>] [--title <words>] [--licence <words>]` */
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
      licence: { type: 'string', default: 'not stated' },
    },
  });
  if (positionals.length === 0) throw new Error('Name the files of a checkpoint to convert.');
  if (!values.out) throw new Error('Say where the model folder goes: --out <folder>.');
  const { graph } = values;
  if (graph !== 'plain' && graph !== 'fast') throw new Error(`--graph is plain or fast, not ${graph}.`);
  const folder = positionals.find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (folder) throw new Error(`${folder} is a folder; name the files in it.`);
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
