import type { Corrections } from '../../core/proposal.ts';
import { type Choice, findComparisons, findLookUps, type TableCandidate } from '../../onnx/find-quantizer.ts';
import { isWhole } from '../../onnx/inspect.ts';
import type { Assembled } from './assemble.ts';
import type { FindOptions } from './found.ts';
import { type Table, tableFrom } from './match.ts';
import { evaluateConstants, type Measured } from './measure.ts';

/** A table with the operator beside it, and what that adds to its product. */
export interface FoundTable extends Table, Pick<TableCandidate, 'op'> {
  readonly bias?: Float32Array;
}

/** Tables that may be the codebook, the likeliest first: looked up in, compared with, lying beside the graphs. */
export async function findTables(
  { front, back, joined }: Assembled,
  { bench, given, corrections }: FindOptions,
  choice: Choice | undefined,
  tokens: string | undefined,
  size: number | undefined,
): Promise<FoundTable[]> {
  const inBack = !joined && isWhole(back.input?.type) ? findLookUps(back.flow, back.input!.name) : [];
  const inFront = tokens ? findLookUps(front.flow, tokens) : [];
  const compared = choice ? findComparisons(front.flow, choice.scores) : [];
  const read = async (half: Assembled['front' | 'back'], candidates: readonly TableCandidate[]) => {
    const names = [...new Set(candidates.map(({ name }) => name))];
    const biases = candidates.flatMap(({ bias }) => bias ?? []);
    const values = await evaluateConstants(bench, half.flow, [...new Set([...names, ...biases])], half.model, half.file);
    return names.flatMap((name) => {
      const { op, bias: biasName } = candidates.find((candidate) => candidate.name === name)!;
      const measured = values.get(name);
      const added = biasName === undefined ? undefined : values.get(biasName)?.values;
      const bias = added instanceof Float32Array && added.length === size && { bias: added };
      return measured ? tableFrom(name, measured, size).map((table): FoundTable => ({ ...table, op, ...bias })) : [];
    });
  };
  const looked = [...(await read(back, inBack)), ...(await read(front, [...inFront, ...compared]))];
  const all = [
    ...looked,
    ...given.filter(({ rows }) => size === undefined || rows === size).map((table) => ({ ...table, op: 'file' })),
  ];
  const asked = corrections.table;
  return asked === undefined || asked === 'none' ? all : all.filter(({ name }) => name === asked);
}

/** Entries in the codebook: as many as there are scores for each cell. */
export function sizeOf(
  choice: Choice | undefined,
  values: ReadonlyMap<string, Measured>,
  { codebookSize }: Corrections,
): number | undefined {
  if (codebookSize !== undefined) return codebookSize;
  const dims = choice && values.get(choice.scores)?.dims;
  return dims?.[choice!.axis < 0 ? dims.length + choice!.axis : choice!.axis];
}
