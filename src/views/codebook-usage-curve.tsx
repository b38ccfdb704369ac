import { memo, useMemo, useRef, useState } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { Choices } from '../ui/choices.tsx';
import { type Axis, type Curve, decades, LineChart } from '../ui/line-chart.tsx';
import { csvBlob, type Savable, svgBlob, useSavable } from '../ui/savable.ts';
import { type RankStep, rankOf, rankSteps, type UsageFacts, usageCeiling, usageFacts } from './codebook-usage.ts';
import styles from './codebook-usage-curve.module.css';

interface CodebookUsageCurveProps {
  readonly counts: Uint32Array;
  readonly visit: { readonly counts: Uint32Array; readonly pictures: number };
  readonly entry: number | undefined;
  readonly width: number;
  readonly height: number;
}

/** Entries from which on ranks are logarithmic at first. */
const LARGE = 8192;

interface Series {
  readonly id: 'picture' | 'visit';
  readonly counts: Uint32Array;
  readonly steps: readonly RankStep[];
  readonly facts: UsageFacts;
}

/** How often entries occur, the most frequent first: in this picture, and in all pictures of this visit. */
export function CodebookUsageCurve({ counts, visit, entry, width, height }: CodebookUsageCurveProps) {
  const { t } = useTexts();
  const svg = useRef<SVGSVGElement>(null);
  // A picture reaches so little of a large codebook that linear ranks would show a line at the edge.
  const [asked, setRanks] = useState<'linear' | 'log'>();
  const ranks = asked ?? (counts.length > LARGE ? 'log' : 'linear');
  const picture = useMemo(() => seriesOf('picture', counts), [counts]);
  const all = useMemo(() => (visit.pictures > 1 ? seriesOf('visit', visit.counts) : undefined), [visit]);
  const series = useMemo(() => (all ? [picture, all] : [picture]), [picture, all]);
  const { x, y } = useMemo(() => axes(series, counts.length, ranks), [series, counts.length, ranks]);
  const curves = useMemo(() => series.map(curveOf).reverse(), [series]);
  const rank = entry === undefined ? undefined : rankOf(picture.steps, counts[entry] ?? 0);
  const marker = rank && entry !== undefined ? ([rank, counts[entry]! / picture.facts.total] as const) : undefined;
  useUsageFiles(svg, counts, visit.counts);
  const names = useMemo(
    () => ({ picture: t('codebook.thisPicture'), visit: t('codebook.visitPictures', { count: visit.pictures }) }),
    [t, visit.pictures],
  );
  return (
    <div className={styles.usage} data-narrow={width < 440 || undefined} data-room={roomFor(series, counts.length, ranks)}>
      <div className={styles.caption}>
        <b>{t('codebook.usageByRank')}</b>
        <Choices
          name={t('codebook.rankAxis')}
          value={ranks}
          options={[
            { value: 'linear', text: t('codebook.rankLinear') },
            { value: 'log', text: t('codebook.rankLog') },
          ]}
          onChange={setRanks}
        />
      </div>
      <div className={styles.chart}>
        <Legend series={series} names={names} />
        <LineChart
          ref={svg}
          width={width}
          height={height - 52 - (width < 440 ? 64 : 0)}
          x={x}
          y={y}
          curves={curves}
          marker={marker}
          label={t('codebook.usageLabel', { used: number(picture.facts.used), size: number(counts.length) })}
        />
      </div>
      <p className={styles.ceiling}>{useCeiling(picture.facts.total, counts.length)}</p>
      <RankTable series={series} names={names} />
    </div>
  );
}

/**
 * Where a legend hides no curve: over logarithmic ranks one that reaches far bends away from the corner below it, over
 * linear ones that of evenly used entries runs above it.
 */
function roomFor(series: readonly Series[], size: number, ranks: 'linear' | 'log'): 'above' | 'below' {
  const even = series.some(({ steps }) => countAt(steps, Math.round(size * 0.6)) > (steps[0]?.count ?? 0) / 3);
  if (ranks === 'linear') return even ? 'below' : 'above';
  const reach = Math.log(Math.max(1, ...series.map(({ facts }) => facts.used))) / Math.log(Math.max(2, size));
  return reach > 0.75 ? 'below' : 'above';
}

function countAt(steps: Series['steps'], rank: number): number {
  return steps.find((step) => rank >= step.from && rank <= step.to)?.count ?? 0;
}

function seriesOf(id: Series['id'], counts: Uint32Array): Series {
  return { id, counts, steps: rankSteps(counts), facts: usageFacts(counts) };
}

function curveOf({ id, steps, facts }: Series): Curve {
  const points = steps.flatMap(({ from, to, count }) => {
    const share = count / facts.total;
    return from === to ? [[from, share] as const] : [[from, share] as const, [to, share] as const];
  });
  return { id, main: id === 'picture', points, ends: id === 'picture' };
}

function axes(series: readonly Series[], size: number, ranks: 'linear' | 'log'): { readonly x: Axis; readonly y: Axis } {
  const shares = series.flatMap(({ steps, facts }) => steps.map((step) => step.count / facts.total));
  const most = Math.min(1, Math.max(...shares, 1e-3) * 1.25);
  const least = Math.min(...shares, most / 10) / 1.6;
  const quarters = [...new Set([1, ...[0.25, 0.5, 0.75, 1].map((part) => Math.round(size * part))])].filter((rank) => rank > 0);
  const logs = decades(1, size);
  const log = logs.length > 1 ? logs : [1, size];
  const ticks = (ranks === 'log' ? log : quarters).map((value) => ({ value, text: number(value) }));
  return {
    x: { scale: ranks, from: 1, to: Math.max(2, size), ticks },
    y: { scale: 'log', from: least, to: most, ticks: decades(least, most).map((value) => ({ value, text: percentText(value) })) },
  };
}

/** A share in percent with as many digits as it needs: 10 %, 0.01 %. */
function percentText(share: number): string {
  const percent = share * 100;
  return `${number(percent, Math.max(0, Math.ceil(-Math.log10(percent) - 1e-9)))} %`;
}

interface TableProps {
  readonly series: readonly Series[];
  readonly names: Record<Series['id'], string>;
}

const Legend = memo(function Legend({ series, names }: TableProps) {
  const { t } = useTexts();
  return (
    <table className={styles.legend}>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('codebook.used')}</th>
          <th scope="col">{t('words.perplexity')}</th>
          <th scope="col">{t('words.entropy')}</th>
        </tr>
      </thead>
      <tbody>
        {series.map(({ id, facts, counts }) => (
          <tr key={id} data-series={id}>
            <th scope="row">{names[id]}</th>
            <td>
              {number(facts.used)} <small>{number((100 * facts.used) / counts.length, 1)} %</small>
            </td>
            <td>{number(facts.perplexity, 1)}</td>
            <td>
              {number(facts.entropy, 2)}{' '}
              <small>{t('codebook.ofBits', { bits: number(Math.log2(counts.length), bitDigits(counts.length)) })}</small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});

function bitDigits(size: number): number {
  return Number.isInteger(Math.log2(size)) ? 0 : 1;
}

function useCeiling(tokens: number, size: number): string {
  const { t } = useTexts();
  const ceiling = usageCeiling(tokens, size);
  const words = { tokens: number(tokens), size: number(size) };
  if (ceiling >= 1) return t('codebook.ceilingAll', words);
  return t('codebook.ceiling', { ...words, percent: number(ceiling * 100, ceiling < 0.1 ? 1 : 0) });
}

/** The curve as numbers, for screen readers. */
const RankTable = memo(function RankTable({ series, names }: TableProps) {
  const { t } = useTexts();
  const ranks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000].filter((rank) => rank <= series[0]!.counts.length);
  return (
    <table className="unseen">
      <caption>{t('codebook.usageByRank')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('codebook.rank')}</th>
          {series.map(({ id }) => (
            <th scope="col" key={id}>
              {names[id]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ranks.map((rank) => (
          <tr key={rank}>
            <th scope="row">{number(rank)}</th>
            {series.map((one) => (
              <td key={one.id}>{number(countAt(one.steps, rank))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
});

function useUsageFiles(svg: React.RefObject<SVGSVGElement | null>, counts: Uint32Array, visit: Uint32Array): void {
  const { t } = useTexts();
  const title = t('codebook.saveUsage');
  const savable = useMemo<Savable>(
    () => ({
      file: 'codebook-usage',
      title,
      formats: {
        svg: () => svgBlob(svg.current!),
        csv: () =>
          csvBlob(
            ['entry', 'count_here', 'count_in_visit'],
            Array.from(counts, (count, entry) => [entry, count, visit[entry] ?? 0]),
          ),
      },
    }),
    [svg, title, counts, visit],
  );
  useSavable(savable);
}
