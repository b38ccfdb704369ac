import { useTexts } from '../i18n/index.ts';
import type { Result, Slot } from '../state/store.ts';
import styles from './block.module.css';
import { codebookSizeOf } from './codebook-facts.ts';
import { EntryChip } from './entry-chip.tsx';
import { useSelectedCell } from './selected-hook.ts';

interface SelectedTokenProps {
  readonly slot: Slot;
  readonly result: Result;
  readonly width: number;
  /** Height of the whole block. */
  readonly height: number;
  readonly short: boolean;
  /** The entry's picture stands beside its count instead of above it. */
  readonly beside: boolean;
}

/** The token of the selected cell: its number, its bits, its entry's picture, how often it occurs. */
export function SelectedToken({ slot, result, width, height, short, beside }: SelectedTokenProps) {
  const { t } = useTexts();
  const selected = useSelectedCell();
  if (!selected) return null;
  const { token } = selected;
  const bits = Math.max(1, Math.ceil(Math.log2(codebookSizeOf(slot))));
  const size = numberSize(bits, width, short ? 44 : 50);
  const side = beside ? 44 : Math.max(32, Math.min(96, Math.floor(width), height - size - 82));
  return (
    <section className={styles.block} data-anchor="token">
      <header>
        <h2>{t('words.token')}</h2>
      </header>
      <div className={styles.big} style={{ fontSize: size, lineHeight: `${short ? size - 2 : size}px` }}>
        {token}
      </div>
      <div className={styles.bits}>
        <span className="unseen">{t('pipeline.bits', { token })}: </span>
        {bitLines(token, bits, width).map((line) => (
          <div key={line.from}>{line.text}</div>
        ))}
      </div>
      <div className={`${styles.picture} ${beside ? styles.beside : ''}`}>
        <EntryChip slot={slot} entry={token} side={side} label={t('pipeline.entryPicture', { entry: token })} />
        <span>{t('pipeline.occurs', { count: result.counts[token] ?? 0 })}</span>
      </div>
    </section>
  );
}

/** Width of a digit in the bits' type, with its tracking. */
const BIT = 9.3;

/** The token in binary, on as few lines as its column (and a little of the gap beside it) has room for. */
function bitLines(token: number, bits: number, width: number): { from: number; text: string }[] {
  const digits = token.toString(2).padStart(bits, '0');
  const lines = Math.max(1, Math.ceil(bits / Math.max(4, Math.floor((width + 14) / BIT))));
  const each = Math.ceil(bits / lines);
  return Array.from({ length: lines }, (_, i) => ({ from: i * each, text: digits.slice(i * each, (i + 1) * each) }));
}

/** The largest type in which every token of the codebook fits; JetBrains Mono is 0.6 em wide, tracked by −0.05 em. */
function numberSize(bits: number, width: number, most: number): number {
  const digits = Math.max(1, String(2 ** bits - 1).length);
  // The usual four digits may run into the gap beside the block.
  return Math.round(Math.max(24, Math.min(most, width / ((digits === 4 ? 3.5 : digits) * 0.55))));
}
