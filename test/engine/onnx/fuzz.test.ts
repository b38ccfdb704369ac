import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TokenscopeError } from '../../../src/core/errors.ts';
import { assemble } from '../../../src/engine/onnx/assemble.ts';
import { findCosts } from '../../../src/engine/onnx/preflight.ts';
import { assignRoles } from '../../../src/engine/onnx/roles.ts';
import { findChoices, findComparisons, findLookUps } from '../../../src/onnx/find-quantizer.ts';
import { bottlenecks } from '../../../src/onnx/flow.ts';
import { inspectGraph } from '../../../src/onnx/inspect.ts';
import { nodeRuntime } from '../node-runtime.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/onnx/dropped');
const { facts } = nodeRuntime();

const graphs = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.onnx'))
  .map(({ parentPath, name }) => new Uint8Array(readFileSync(join(parentPath, name))));

/** Everything that is done with a graph before it is run. */
function readAll(bytes: Uint8Array): void {
  const [graph] = assignRoles([inspectGraph(bytes, 'model.onnx')]);
  findCosts([graph!], facts);
  const { front, back } = assemble([graph!], {});
  for (const { scores, tokens } of findChoices(front.flow, front.pixels)) {
    findComparisons(front.flow, scores);
    findLookUps(back.flow, tokens);
    bottlenecks(front.flow, front.pixels, tokens);
  }
}

/** What a graph that is no good ends in; anything but a named error is a fault of ours. */
function outcome(bytes: Uint8Array): string {
  try {
    readAll(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof TokenscopeError && error.code !== 'internal') return error.code;
    return `not named: ${error}`;
  }
}

/** Repeatable numbers below `below`. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('damaged graphs', () => {
  it('end in a named error, or are read after all', () => {
    const next = numbers(7);
    const seen = new Map<string, number>();
    const start = performance.now();
    for (let round = 0; round < 1500 && performance.now() - start < 15_000; round++) {
      const bytes = graphs[next(graphs.length)]!.slice();
      // Weights fill most of a file; what can go wrong stands in the rest, so places are drawn from both ends.
      const place = () => (next(2) ? next(bytes.length) : next(Math.min(2000, bytes.length)));
      for (let i = 0; i <= next(4); i++) bytes[place()] = next(256);
      const cut = next(10) === 0 ? bytes.slice(0, place()) : bytes;
      const end = outcome(cut);
      seen.set(end, (seen.get(end) ?? 0) + 1);
    }
    expect([...seen.keys()].filter((end) => end.startsWith('not named'))).toEqual([]);
    expect(seen.size).toBeGreaterThan(2);
  });

  it('made of nothing but noise', () => {
    const next = numbers(11);
    for (let round = 0; round < 300; round++) {
      const bytes = Uint8Array.from({ length: next(400) }, () => next(256));
      expect(outcome(bytes)).not.toMatch(/^not named/);
    }
  });
});
