import { TokenscopeError } from '../core/errors.ts';
import type { Checkpoint } from './architecture.ts';
import { findSetting } from './find-setting.ts';
import { range } from './torch-layers.ts';

/** What a level of Cosmos DV halves or doubles on its way to the next one. */
export interface CosmosStep {
  readonly space: boolean;
  readonly time: boolean;
}

interface CosmosSteps {
  /** Of each level of the encoder and of the decoder, fine to coarse. */
  readonly down: readonly CosmosStep[];
  readonly up: readonly CosmosStep[];
}

/**
 * The steps of `count` levels behind patches of `patch`. Files of newer code lack the convolutions that are not used; otherwise
 * settings, or the name of the file, must tell.
 */
export function readSteps(checkpoint: Checkpoint, count: number, patch: number): CosmosSteps {
  // One tensor is enough to know a convolution by, so that a damaged file is told what it lacks.
  const has = (name: string) => ['weight', 'bias'].some((part) => checkpoint.tensors.has(`${name}.conv3d.${part}`));
  const levels = range(0, count);
  const down = levels.map((i) => `encoder.down.${i}.downsample`);
  const up = levels.map((i) => `decoder.up.${i}.upsample`);
  const stored = [
    ...down.slice(0, -1).flatMap((name) => [has(`${name}.conv1`), has(`${name}.conv2`)]),
    ...up.slice(1).flatMap((name) => [has(`${name}.conv1`), has(`${name}.conv2`)]),
  ];
  if (stored.includes(false)) {
    const steps = {
      down: down.map((name) => ({ space: has(`${name}.conv1`), time: has(`${name}.conv2`) })),
      up: up.map((name) => ({ space: has(`${name}.conv2`), time: has(`${name}.conv1`) })),
    };
    checkBalance(checkpoint, steps);
    return steps;
  }
  const { space, time } = readHalvings(checkpoint, patch);
  const legacy = findSetting(checkpoint, 'legacy_mode') === true;
  return {
    down: levels.map((i) => ({ space: i < Math.min(space, count - 1), time: i < Math.min(time, count - 1) })),
    up: levels.map((i) => {
      const back = count - 1 - i;
      const doublesTime = i > 0 && (legacy ? back < time : back > 0 && back < time + 1);
      return { time: doublesTime, space: i > 0 && (doublesTime || (back < space && space > time)) };
    }),
  };
}

/** The decoder undoes what the encoder does; else a convolution is missing whole. */
function checkBalance({ file }: Checkpoint, { down, up }: CosmosSteps): void {
  for (const axis of ['space', 'time'] as const) {
    const [halved, doubled] = [down, up].map((steps) => steps.filter((step) => step[axis]).length);
    if (halved === doubled) continue;
    throw new TokenscopeError('model-corrupt', {
      file,
      reason: `it halves ${axis} ${halved} times and doubles it ${doubled} times`,
    });
  }
}

/** How often the network itself halves space and time: what is asked for, less the Haar transform. */
function readHalvings(checkpoint: Checkpoint, patch: number): { space: number; time: number } {
  const passes = Math.log2(patch);
  const named = /DV(\d+)x(\d+)x\d+/i.exec(checkpoint.file);
  const read = (setting: string, part: number, usual: number) => {
    const halvings = Math.log2(Number(findSetting(checkpoint, setting) ?? named?.[part]));
    return Number.isInteger(halvings) && halvings >= passes ? halvings : Math.log2(usual);
  };
  // What is published last, with either patch.
  const space = read('spatial_compression', 2, patch === 2 ? 8 : 16) - passes;
  return { space, time: read('temporal_compression', 1, patch === 2 ? 4 : 8) - passes };
}
