import { frameRuleOf, planesOfFrames, runFrames } from '../../core/clip-plan.ts';
import { modelSize } from '../../core/framing.ts';
import type { Picture } from '../../core/picture.ts';
import type { Model } from '../../engine/model.ts';

/** Runs a model once, on slanting colours of its smallest size, and says what came of it. Throws what the engine throws. */
export async function tryOut(model: Model): Promise<string> {
  const { manifest } = model;
  const size = modelSize({ height: 64, width: 64 }, manifest.size);
  const rule = frameRuleOf(manifest);
  const count = runFrames(rule, rule.window);
  const frames = Array.from({ length: count }, (_, i) => slantingColours(size.height, size.width, i));
  const { grid } = await model.encode(frames);
  const { frames: reconstruction } = await model.decode({ ...grid, shape: { ...grid.shape, t: planesOfFrames(rule, count) } });
  const used = new Set(grid.tokens).size;
  return `it runs on WASM: ${count} × ${size.height} × ${size.width} pixels → ${grid.tokens.length} tokens (${used} different) → ${reconstruction.length} × ${reconstruction[0]!.height} × ${reconstruction[0]!.width} pixels.`;
}

function slantingColours(height: number, width: number, shift: number): Picture {
  const data = new Uint8ClampedArray(height * width * 4);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) data.set([(x + shift) * 4, y * 4, (x + y) * 2, 255], o);
  }
  return { data, height, width };
}
