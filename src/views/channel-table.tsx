import type { QuantizerSettings } from '../core/manifest.ts';
import { number, useTexts } from '../i18n/index.ts';
import { channelTerms, decidingChannels, tokenDigits } from './channel-terms.ts';
import styles from './quantizer-detail.module.css';
import { distanceText } from './selected-cell.ts';
import { shortNumber } from './vector-chart.ts';

interface ChannelTableProps {
  readonly settings: QuantizerSettings;
  readonly vector: Float32Array;
  readonly winner: Candidate;
  readonly runnerUp: Candidate | undefined;
  readonly most: number;
}

export interface Candidate {
  readonly entry: number;
  readonly vector: Float32Array;
}

/** The arithmetic of the distance, channel by channel, for the winner and one runner-up. */
export function ChannelTable({ settings, vector, winner, runnerUp, most }: ChannelTableProps) {
  const { t } = useTexts();
  const product = settings.score === 'dot';
  const winning = channelTerms(vector, winner.vector, product);
  const losing = runnerUp && channelTerms(vector, runnerUp.vector, product);
  const shown = decidingChannels(winning, losing ?? new Float64Array(vector.length), most);
  const others = vector.length - shown.length;
  const scale = Math.max(...winning.map(Math.abs), ...(losing?.map(Math.abs) ?? []));
  const values = (name: string, numbers: ArrayLike<number>) => (
    <tr className={styles.ruled}>
      <th scope="row">{name}</th>
      {shown.map((channel) => (
        <td key={channel}>{shortNumber(numbers[channel]!)}</td>
      ))}
      {others > 0 && <td />}
      <td />
    </tr>
  );
  const term = product ? '−zᵢ eᵢ' : '(zᵢ − eᵢ)²';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <section className={styles.scroll} tabIndex={0} aria-label={t('pipeline.arithmetic')}>
      <table className={`${styles.table} ${shown.length < 6 ? styles.few : ''}`}>
        <caption className="unseen">{t('pipeline.arithmetic')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('pipeline.channel')}</th>
            {shown.map((channel) => (
              <th key={channel} scope="col">
                {channel}
              </th>
            ))}
            {others > 0 && <th scope="col">+ {number(others)}</th>}
            <th scope="col">{t('pipeline.sum')}</th>
          </tr>
        </thead>
        <tbody>
          {values('z', vector)}
          {[winner, runnerUp].map((candidate, i) => {
            const terms = i === 0 ? winning : losing;
            if (!candidate || !terms) return null;
            return (
              <CandidateRows
                key={i}
                candidate={candidate}
                term={term}
                terms={terms}
                shown={shown}
                scale={scale}
                selected={i === 0}
                settings={settings}
              />
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

interface CandidateRowsProps {
  readonly candidate: Candidate;
  readonly term: string;
  readonly terms: Float64Array;
  readonly shown: readonly number[];
  readonly scale: number;
  readonly selected: boolean;
  readonly settings: QuantizerSettings;
}

function CandidateRows({ candidate, term, terms, shown, scale, selected, settings }: CandidateRowsProps) {
  const { t } = useTexts();
  const digits = digitsOf(settings, candidate.entry);
  const total = terms.reduce((a, b) => a + b, 0);
  const rest = shown.reduce((left, channel) => left - terms[channel]!, total);
  const others = terms.length > shown.length;
  return (
    <>
      <tr className={styles.ruled}>
        <th scope="row">e {candidate.entry}</th>
        {shown.map((channel) => (
          <td key={channel}>{shortNumber(candidate.vector[channel]!)}</td>
        ))}
        {others && <td />}
        <td />
      </tr>
      {digits && (
        <tr>
          <th scope="row">{t(settings.kind === 'lfq' ? 'pipeline.bit' : 'pipeline.level')}</th>
          {shown.map((channel) => (
            <td key={channel}>{digits[channel]}</td>
          ))}
          {others && <td />}
          <td />
        </tr>
      )}
      <tr className={selected ? styles.selected : undefined}>
        <th scope="row">{term}</th>
        {shown.map((channel) => (
          <td key={channel}>
            <span
              className={styles.amount}
              style={{ height: `${Math.round((Math.abs(terms[channel]!) / (scale || 1)) * 22)}px` }}
            />
            {distanceText(terms[channel]!, scale)}
          </td>
        ))}
        {others && <td>{distanceText(rest, Math.max(scale, Math.abs(rest)))}</td>}
        <td className={styles.total}>{distanceText(total)}</td>
      </tr>
    </>
  );
}

/** Which level or bit every channel gives; undefined where entries are learned. */
function digitsOf({ kind, levels, bits, firstBit }: QuantizerSettings, entry: number): number[] | undefined {
  if (kind === 'fsq' && levels) return tokenDigits(entry, levels);
  if (kind !== 'lfq' || !bits) return undefined;
  const digits = tokenDigits(
    entry,
    Array.from({ length: bits }, () => 2),
  );
  return firstBit === 'most' ? digits.reverse() : digits;
}
