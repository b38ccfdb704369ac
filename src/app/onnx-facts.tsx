import type { ReactNode } from 'react';
import type { Claim, Corrections, FrameRule, Proposal, SourceLayout } from '../core/proposal.ts';
import { number, useTexts } from '../i18n/index.ts';
import { useErrorText } from './error-text.ts';
import styles from './open-onnx-dialog.module.css';
import type { OnnxSheet } from './use-onnx-sheet.ts';
import { WholeNumber } from './whole-number.tsx';

/** What was found out, each with its evidence, and a way to know better. */
export function OnnxFacts({ sheet, proposal }: { readonly sheet: OnnxSheet; readonly proposal: Proposal }) {
  const { t } = useTexts();
  const correct = (change: Corrections) => sheet.setCorrections({ ...sheet.corrections, ...change });
  return (
    <>
      <h2 className={styles.head}>{t('open.found')}</h2>
      <dl className={styles.facts}>
        {proposal.claims.map((claim) => (
          <Fact key={claim.about} claim={claim}>
            <Value claim={claim} proposal={proposal} correct={correct} />
          </Fact>
        ))}
      </dl>
    </>
  );
}

function Fact({ claim, children }: { readonly claim: Claim; readonly children: ReactNode }) {
  const { t } = useTexts();
  const { say } = useErrorText();
  const { about, because, sure } = claim;
  return (
    <div className={sure ? styles.fact : `${styles.fact} ${styles.doubt}`}>
      <dt>
        {t(`open.about.${about}`)}
        <span className="unseen">{t(sure ? 'open.sure' : 'open.unsure')}</span>
        {!sure && <span className={`badge ${styles.check}`}>{t('open.unsure')}</span>}
      </dt>
      <dd>
        {children}
        <p className="caption">{say(because.text, readable(because.parameters))}</p>
      </dd>
    </div>
  );
}

function readable(parameters: Claim['because']['parameters']) {
  const entries = Object.entries(parameters);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'number' ? number(value) : value]));
}

interface ValueProps {
  readonly claim: Claim;
  readonly proposal: Proposal;
  readonly correct: (change: Corrections) => void;
}

function Value({ claim: { about, sure }, proposal, correct }: ValueProps) {
  const { t } = useTexts();
  const { size } = proposal.manifest;
  if (about === 'pixels') return <Layouts proposal={proposal} correct={correct} />;
  if (about === 'reduction') return <p className={styles.value}>{t('open.cell', { reduction: size.reduction })}</p>;
  if (about === 'size') {
    const fixed = size.fixed && size.preferred;
    return (
      <p className={styles.value}>
        {fixed ? t('open.sizeFixed', { size: fixed.join(' × ') }) : t('open.sizeSteps', { step: size.multipleOf })}
      </p>
    );
  }
  if (about === 'frames' && size.frames) return <Frames rule={size.frames} correct={correct} />;
  if (about === 'quantizer') return <Quantizer proposal={proposal} sure={sure} correct={correct} />;
  if (about === 'codebook') return <Codebook proposal={proposal} sure={sure} correct={correct} />;
  return null;
}

const LAYOUTS: readonly SourceLayout[] = ['NCHW', 'NHWC', 'NCTHW', 'NTHWC', 'NTCHW', 'CHW', 'HWC'];

function Layouts({ proposal, correct }: Omit<ValueProps, 'claim'>) {
  const { t } = useTexts();
  const { inputLayout, outputLayout } = proposal;
  const same = (layout: SourceLayout) => LAYOUTS.filter(({ length }) => length === layout.length);
  const choose = (label: string, value: SourceLayout, change: (layout: SourceLayout) => Corrections) => (
    <select aria-label={label} value={value} onChange={(event) => correct(change(event.target.value as SourceLayout))}>
      {same(value).map((layout) => (
        <option key={layout}>{layout}</option>
      ))}
    </select>
  );
  return (
    <p className={`${styles.value} ${styles.choice}`}>
      {choose(t('open.inputLayout'), inputLayout, (layout) => ({ inputLayout: layout }))}
      <span aria-hidden="true">→</span>
      {choose(t('open.outputLayout'), outputLayout, (layout) => ({ outputLayout: layout }))}
    </p>
  );
}

function Frames({ rule, correct }: { readonly rule: FrameRule } & Pick<ValueProps, 'correct'>) {
  const { t } = useTexts();
  const change = (part: Partial<FrameRule>) => {
    const asked = { ...rule, ...part };
    const first = asked.rule === 'causal' ? 1 : 0;
    const planes = Math.max(1 - first, Math.round((asked.window - first) / asked.reduction));
    correct({ frames: { ...asked, window: first + asked.reduction * planes } });
  };
  return (
    <p className={`${styles.value} ${styles.choice}`}>
      <select
        aria-label={t('open.frameRule')}
        value={rule.rule}
        onChange={(event) => change({ rule: event.target.value as FrameRule['rule'] })}
      >
        <option value="causal">{t('open.framesCausal', { reduction: rule.reduction })}</option>
        <option value="grouped">{t('open.framesGrouped', { reduction: rule.reduction })}</option>
      </select>
      <WholeNumber
        key={`reduction ${rule.reduction}`}
        label={t('open.framesOfPlane')}
        value={rule.reduction}
        least={1}
        onEnter={(reduction) => change({ reduction })}
      />
      <WholeNumber
        key={`window ${rule.window}`}
        label={t('open.framesOfRun')}
        value={rule.window}
        least={1}
        onEnter={(window) => change({ window })}
      />
    </p>
  );
}

const SCORES = ['l2', 'cosine', 'dot'] as const;

function Quantizer({ proposal, sure, correct }: Omit<ValueProps, 'claim'> & { readonly sure: boolean }) {
  const { t } = useTexts();
  const { tables, manifest } = proposal;
  const { kind, score = 'l2' } = manifest.quantizer;
  if (kind === 'lfq' || kind === 'fsq') return <p className={styles.value}>{kind.toUpperCase()}</p>;
  const inside = kind === 'in-graph';
  const used = tables.find(
    ({ rows, columns }) => rows === manifest.quantizer.codebookSize && columns === manifest.quantizer.entryDimension,
  );
  return (
    <p className={`${styles.value} ${styles.choice}`}>
      <select
        aria-label={t('open.table')}
        value={inside ? 'none' : (used?.name ?? '')}
        onChange={(event) => correct({ table: event.target.value })}
      >
        {tables.map(({ name, rows, columns }) => (
          <option key={name} value={name}>
            {`${number(rows)} × ${number(columns)}  ${shortName(name)}`}
          </option>
        ))}
        <option value="none">{t('open.inside')}</option>
      </select>
      {!inside && sure && <span>{t(`open.scores.${score}`)}</span>}
      {!inside && !sure && (
        <select
          aria-label={t('open.score')}
          value={score}
          onChange={(event) => correct({ score: event.target.value as (typeof SCORES)[number] })}
        >
          {SCORES.map((one) => (
            <option key={one} value={one}>
              {t(`open.scores.${one}`)}
            </option>
          ))}
        </select>
      )}
    </p>
  );
}

/** The end of a long name says more than its beginning. */
function shortName(name: string): string {
  const plain = name.replace(/^[ab]\//, '');
  return plain.length > 34 ? `…${plain.slice(-33)}` : plain;
}

function Codebook({ proposal, sure, correct }: Omit<ValueProps, 'claim'> & { readonly sure: boolean }) {
  const { t } = useTexts();
  const { kind, bits = 0, levels = [], entryDimension = bits || levels.length } = proposal.manifest.quantizer;
  const product = kind === 'lfq' ? 2 ** bits : levels.reduce((a, b) => a * b, 1);
  const { codebookSize = product } = proposal.manifest.quantizer;
  if (sure || entryDimension) {
    return (
      <p className={styles.value}>
        {[codebookSize, ...(entryDimension ? [entryDimension] : [])].map((size) => number(size)).join(' × ')}
      </p>
    );
  }
  return (
    <p className={`${styles.value} ${styles.choice}`}>
      <WholeNumber
        label={t('open.codebookSize')}
        unseen
        value={codebookSize}
        least={2}
        onEnter={(size) => correct({ codebookSize: size })}
      />
    </p>
  );
}
