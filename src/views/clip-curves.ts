import { framesOfPlane } from '../core/clip-plan.ts';
import type { ClipResult } from '../state/store.ts';

export type CurveKind = 'psnr' | 'ssim' | 'usage';

/** One number for each frame that is through; `null` where there is none. */
export function curveValues({ plan, measures, planes }: ClipResult, kind: CurveKind): (number | null)[] {
  if (kind === 'usage') {
    const values: (number | null)[] = new Array(plan.frames).fill(null);
    for (const [plane, { used }] of planes.entries()) {
      const { first, count } = framesOfPlane(plan, plane);
      values.fill(used, first, first + count);
    }
    return values;
  }
  return measures.map((frame) => (Number.isFinite(frame[kind]) ? frame[kind] : null));
}

/** The range of all curves, a little widened so that a flat one does not lie on the axis. */
export function curveRange(curves: readonly (readonly (number | null)[])[]): { least: number; most: number } | undefined {
  const values = curves.flat().filter((value) => value !== null);
  if (values.length === 0) return undefined;
  return { least: Math.min(...values), most: Math.max(...values) };
}

export const curveDigits: Readonly<Record<CurveKind, number>> = { psnr: 2, ssim: 3, usage: 0 };
