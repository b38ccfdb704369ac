import type { Measures, Metric, MetricSample } from '../core/metric.ts';
import { shelf } from '../core/shelf.ts';

/** All metrics by id, which is the name of their file. */
export const metrics = shelf(import.meta.glob<Metric>(['./*.ts', '!./index.ts'], { eager: true, import: 'default' }));

/** Every number of the shelf. Source and reconstruction have the same size. */
export function measureAll(sample: MetricSample): Measures {
  return Object.fromEntries(Object.entries(metrics).map(([id, metric]) => [id, metric.measure(sample)]));
}
