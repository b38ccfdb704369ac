import type { PlaneFacts } from '../../core/metric.ts';
import type { TokenGrid } from '../../core/token-grid.ts';
import { tokenStatistics } from './token-statistics.ts';

/** Plane by plane; `before` holds the tokens of the plane in front of the first one. */
export function measurePlanes({ tokens, shape: { t, h, w } }: TokenGrid, before?: Int32Array): PlaneFacts[] {
  const area = h * w;
  return Array.from({ length: t }, (_, plane) => {
    const own = tokens.subarray(plane * area, (plane + 1) * area);
    const last = plane > 0 ? tokens.subarray((plane - 1) * area, plane * area) : before;
    const { used, perplexity } = tokenStatistics(occurrences(own));
    return { stayed: last && stayedShare(own, last), used, perplexity };
  });
}

function stayedShare(tokens: Int32Array, before: Int32Array): number {
  let same = 0;
  for (let i = 0; i < tokens.length; i++) same += Number(tokens[i] === before[i]);
  return same / tokens.length;
}

/** How often each token that occurs does so: a plane is far smaller than most codebooks. */
function occurrences(tokens: Int32Array): number[] {
  const counts = new Map<number, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return [...counts.values()];
}
