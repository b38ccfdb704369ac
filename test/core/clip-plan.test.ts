import { describe, expect, test } from 'vitest';
import {
  type FrameRule,
  frameRuleOf,
  framesOfPlane,
  framesOfPlanes,
  mostOverlap,
  partsOfFrame,
  planClip,
  planeOfFrame,
  planesOfFrames,
  planVolume,
  runFrames,
  seamsOf,
  windowOfFrame,
  windowOfPlane,
} from '../../src/core/clip-plan.ts';

const grouped: FrameRule = { rule: 'grouped', reduction: 4, window: 16 };
const causal: FrameRule = { rule: 'causal', reduction: 4, window: 17 };
const each: FrameRule = { rule: 'each', reduction: 1, window: 1 };

const planeOfAll = (plan: ReturnType<typeof planClip>) => Array.from({ length: plan.frames }, (_, i) => planeOfFrame(plan, i));

describe('grouped, 4 to 1, windows of 16', () => {
  test('16 frames are one window of 4 planes', () => {
    const plan = planClip(16, grouped);
    expect(plan.windows).toEqual([{ firstFrame: 0, frames: 16, padded: 0, firstPlane: 0, planes: 4 }]);
    expect(planeOfAll(plan)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  });

  test('a rest is filled to a whole window, and its planes say so', () => {
    const plan = planClip(22, grouped);
    expect(plan.planes).toBe(8);
    expect(plan.windows[1]).toEqual({ firstFrame: 16, frames: 6, padded: 10, firstPlane: 4, planes: 4 });
    expect([4, 5, 6, 7].map((plane) => framesOfPlane(plan, plane))).toEqual([
      { first: 16, count: 4, padded: 0 },
      { first: 20, count: 2, padded: 2 },
      { first: 24, count: 0, padded: 4 },
      { first: 28, count: 0, padded: 4 },
    ]);
    expect(planeOfFrame(plan, 21)).toBe(5);
  });

  test('a single frame is repeated fifteen times', () => {
    const plan = planClip(1, grouped);
    expect(plan.windows).toEqual([{ firstFrame: 0, frames: 1, padded: 15, firstPlane: 0, planes: 4 }]);
    expect(framesOfPlane(plan, 0)).toEqual({ first: 0, count: 1, padded: 3 });
  });

  test('overlapping windows share frames, and both keep their planes', () => {
    const plan = planClip(28, grouped, 4);
    expect(plan.windows.map(({ firstFrame, frames }) => [firstFrame, frames])).toEqual([
      [0, 16],
      [12, 16],
    ]);
    expect(plan.planes).toBe(8);
    // Frames 12 to 15 are in plane 3 and in plane 4; the middle of the overlap decides.
    expect([11, 12, 13, 14, 15, 16].map((frame) => planeOfFrame(plan, frame))).toEqual([2, 3, 3, 4, 4, 5]);
    expect(framesOfPlane(plan, 3)).toEqual({ first: 12, count: 4, padded: 0 });
    expect(framesOfPlane(plan, 4)).toEqual({ first: 12, count: 4, padded: 0 });
    expect(seamsOf(plan)).toEqual([{ frame: 12, overlap: 4 }]);
  });
});

describe('causal, 1 + 4 n, windows of 17', () => {
  test('the first frame has a plane of its own', () => {
    const plan = planClip(17, causal);
    expect(plan.windows).toEqual([{ firstFrame: 0, frames: 17, padded: 0, firstPlane: 0, planes: 5 }]);
    expect(planeOfAll(plan)).toEqual([0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4]);
    expect(framesOfPlane(plan, 0)).toEqual({ first: 0, count: 1, padded: 0 });
    expect(framesOfPlane(plan, 4)).toEqual({ first: 13, count: 4, padded: 0 });
  });

  test('every window begins with a plane of one frame; the last is no longer than it must be', () => {
    const plan = planClip(20, causal);
    expect(plan.windows[1]).toEqual({ firstFrame: 17, frames: 3, padded: 2, firstPlane: 5, planes: 2 });
    expect([17, 18, 19].map((frame) => planeOfFrame(plan, frame))).toEqual([5, 6, 6]);
    expect(framesOfPlane(plan, 6)).toEqual({ first: 18, count: 2, padded: 2 });
  });

  test('one frame is one plane, without padding', () => {
    expect(planClip(1, causal).windows).toEqual([{ firstFrame: 0, frames: 1, padded: 0, firstPlane: 0, planes: 1 }]);
  });

  test('an odd overlap: the middle frame stays with the earlier window', () => {
    const plan = planClip(31, causal, 3);
    expect(plan.windows.map(({ firstFrame }) => firstFrame)).toEqual([0, 14]);
    expect([13, 14, 15, 16, 17].map((frame) => windowOfFrame(plan, frame))).toEqual([0, 0, 0, 1, 1]);
  });
});

test('a model of pictures has a plane for every frame, and no seams', () => {
  const plan = planClip(3, each, 8);
  expect(plan.windows).toHaveLength(3);
  expect(plan).toMatchObject({ planes: 3, overlap: 0 });
  expect(planeOfAll(plan)).toEqual([0, 1, 2]);
  expect(seamsOf(plan)).toEqual([]);
});

describe('weights of overlapped frames', () => {
  const plan = planClip(28, grouped, 4);
  test('fade from window to window, in steps that leave out both ends', () => {
    const shares = [11, 12, 13, 14, 15, 16].map((frame) =>
      partsOfFrame(plan, frame).map(({ window, weight }) => [window, weight]),
    );
    expect(shares).toEqual([
      [[0, 1]],
      [
        [0, 0.8],
        [1, 0.2],
      ],
      [
        [0, 0.6],
        [1, 0.4],
      ],
      [
        [0, 0.4],
        [1, 0.6],
      ],
      [
        [0, expect.closeTo(0.2)],
        [1, 0.8],
      ],
      [[1, 1]],
    ]);
    expect(partsOfFrame(plan, 13).map(({ place }) => place)).toEqual([13, 1]);
  });

  test('cut in the middle', () => {
    const windows = [12, 13, 14, 15].map((frame) => partsOfFrame(plan, frame, 'cut'));
    expect(windows.map((parts) => parts.length)).toEqual([1, 1, 1, 1]);
    expect(windows.map(([part]) => part!.window)).toEqual([0, 0, 1, 1]);
  });
});

test('overlap is at most half a window, and never negative', () => {
  expect([grouped, causal, each].map(mostOverlap)).toEqual([8, 8, 0]);
  expect(planClip(64, grouped, 99).overlap).toBe(8);
  expect(planClip(64, grouped, -3).overlap).toBe(0);
});

test.each([grouped, causal, each])('every frame of every length is in a plane that says it holds it ($rule)', (rule) => {
  const wrong: string[] = [];
  const lengths = Array.from({ length: 70 }, (_, i) => i + 1);
  for (const [frames, overlap] of lengths.flatMap((length) => [0, 1, 3, 4, 8].map((shared) => [length, shared] as const))) {
    const plan = planClip(frames, rule, overlap);
    const last = plan.windows.at(-1)!;
    const ends = last.firstFrame + last.frames === frames && last.firstPlane + last.planes === plan.planes;
    const filled = plan.windows.every((window) => planesOfFrames(rule, window.frames + window.padded) === window.planes);
    const held = Array.from({ length: frames }, (_, frame) => frame).every((frame) => {
      const plane = planeOfFrame(plan, frame);
      const { first, count } = framesOfPlane(plan, plane);
      const weight = partsOfFrame(plan, frame).reduce((sum, part) => sum + part.weight, 0);
      const { firstFrame } = plan.windows[windowOfPlane(plan, plane)]!;
      return frame >= first && frame < first + count && Math.abs(weight - 1) < 1e-9 && firstFrame <= frame;
    });
    if (!ends || !filled || !held) wrong.push(`${frames} frames, overlap ${overlap}`);
  }
  expect(wrong).toEqual([]);
});

test('a volume without its clip is cut into the windows it would have come from', () => {
  expect(planVolume(9, grouped).windows).toEqual([
    { firstFrame: 0, frames: 16, padded: 0, firstPlane: 0, planes: 4 },
    { firstFrame: 16, frames: 16, padded: 0, firstPlane: 4, planes: 4 },
    { firstFrame: 32, frames: 4, padded: 0, firstPlane: 8, planes: 1 },
  ]);
  expect(planVolume(7, causal)).toMatchObject({
    frames: 22,
    windows: [{ frames: 17 }, { firstFrame: 17, frames: 5, planes: 2 }],
  });
  expect(planVolume(2, each)).toMatchObject({ frames: 2, planes: 2 });
});

test('frames of a run, planes of frames', () => {
  expect([1, 2, 5, 6, 17].map((frames) => runFrames(causal, frames))).toEqual([1, 5, 5, 9, 17]);
  expect([1, 16].map((frames) => runFrames(grouped, frames))).toEqual([16, 16]);
  expect([1, 2, 5].map((planes) => framesOfPlanes(causal, planes))).toEqual([1, 5, 17]);
});

test('the rule of a model is that of its manifest; pictures have none', () => {
  const frames = { rule: 'causal', reduction: 4, window: 17 } as const;
  const size = { reduction: 8, multipleOf: 8 };
  expect(frameRuleOf({ medium: 'video', size: { ...size, frames } })).toEqual(causal);
  expect(frameRuleOf({ medium: 'image', size })).toEqual(each);
});
