import { runCheck } from '../../engine/check.ts';
import { withModel } from './node-model.ts';
import { tryOut } from './try-out.ts';

/**
 * `check <model folder>`: the model's own check (the training framework's tokens and reconstruction) on WASM; a model without
 * one is run on a pattern, and told to be so. Exit code 1 when the check fails.
 */
export async function check([folder, ...rest]: string[]): Promise<number> {
  if (!folder || rest.length > 0) throw new Error('Name one model folder.');
  return withModel(folder, async (model, contents) => {
    const { title, check: facts } = model.manifest;
    if (!facts) {
      process.stdout.write(`${title} has no check of its own to compare with; ${await tryOut(model)}\n`);
      return 0;
    }
    const { cells, mismatched, nearTies, difference, tolerance, passed } = await runCheck(model, contents.file(facts.file));
    const said = `${mismatched} of ${cells} tokens differ, ${nearTies} near ties, reconstruction within ${difference.toExponential(1)} (allowed ${tolerance})`;
    if (!passed) throw new Error(`${title} fails its check on WASM: ${said}.`);
    process.stdout.write(`${title} passes its check on WASM: ${said}.\n`);
    return 0;
  });
}
