import { type Scaling, scalingNames, type TriedScaling } from '../core/proposal.ts';
import { number, useTexts } from '../i18n/index.ts';
import { Choices } from '../ui/choices.tsx';
import { useErrorText } from './error-text.ts';
import { PictureCanvas } from './onnx-picture.tsx';
import styles from './open-onnx-dialog.module.css';
import { type OnnxSheet, POOR } from './use-onnx-sheet.ts';

/** The scaling doctor: its contact sheet, its verdict, and the choice. */
export function OnnxDoctor({ sheet }: { readonly sheet: OnnxSheet }) {
  const { t } = useTexts();
  const { doctor, stop, tryScalings, stage } = sheet;
  const { phase, diagnosis } = doctor;
  return (
    <div>
      <h2 className={styles.head}>{t('open.scaling')}</h2>
      <Verdict sheet={sheet} />
      <div className={styles.run}>
        {phase === 'running' && <Progress sheet={sheet} />}
        {phase === 'running' ? (
          <button type="button" className="word-button" onClick={stop}>
            {t('open.doctor.stop')}
          </button>
        ) : (
          !diagnosis &&
          phase !== 'waiting' && (
            <button type="button" className="word-button" disabled={!!stage} onClick={tryScalings}>
              {t('open.doctor.again')}
            </button>
          )
        )}
      </div>
      {diagnosis && <ContactSheet sheet={sheet} />}
      <Manual sheet={sheet} />
    </div>
  );
}

function Progress({ sheet: { doctor } }: { readonly sheet: OnnxSheet }) {
  const { done = 0, total = 1 } = doctor.progress ?? {};
  return <progress className={styles.progress} max={total} value={done} aria-hidden="true" />;
}

function useScalingName() {
  const { t } = useTexts();
  return ({ input, output, channels }: Scaling) => {
    const range = input === output ? t(`open.range.${input}`) : `${t(`open.range.${input}`)} → ${t(`open.range.${output}`)}`;
    return `${range} ${t(`open.channels.${channels}`)}`;
  };
}

function Verdict({ sheet: { doctor } }: { readonly sheet: OnnxSheet }) {
  const { t } = useTexts();
  const { what } = useErrorText();
  const nameOf = useScalingName();
  const { phase, progress, diagnosis, failed } = doctor;
  const best = diagnosis?.tried[0];
  const sentence = () => {
    if (failed) return what(failed);
    if (phase === 'running') return t('open.doctor.running', { done: progress?.done ?? 0, total: progress?.total ?? '…' });
    if (phase === 'stopped' || phase === 'remembered' || phase === 'waiting') return t(`open.doctor.${phase}`);
    if (!diagnosis || !best) return '';
    const parameters = { best: nameOf(best.scaling), psnr: number(best.psnr, 1), margin: number(diagnosis.margin, 1) };
    const verdict = best.psnr < POOR ? 'poor' : diagnosis.sure ? 'sure' : 'unsure';
    return t(`open.doctor.${verdict}`, parameters);
  };
  return (
    <p className={styles.verdict} role="status">
      {diagnosis && !diagnosis.sure && <span className="badge">{t('open.unsure')}</span>} {sentence()}
    </p>
  );
}

function same(a: Scaling, b: Scaling): boolean {
  return a.input === b.input && a.output === b.output && a.channels === b.channels;
}

function ContactSheet({ sheet }: { readonly sheet: OnnxSheet }) {
  const { t } = useTexts();
  const { cards, tried } = sheet.doctor.diagnosis!;
  return (
    <ul className={styles.contacts}>
      <li className={styles.contact}>
        <div className={styles.pictures}>
          {cards.map((card, i) => (
            <PictureCanvas key={String(i)} picture={card} />
          ))}
        </div>
        <span>{t('open.doctor.cards')}</span>
      </li>
      {tried.map((one) => (
        <Tried key={`${one.scaling.input} ${one.scaling.channels}`} one={one} of={cards.length} sheet={sheet} />
      ))}
    </ul>
  );
}

function Tried({ one, of, sheet }: { readonly one: TriedScaling; readonly of: number; readonly sheet: OnnxSheet }) {
  const { t } = useTexts();
  const name = useScalingName()(one.scaling);
  const chosen = same(one.scaling, sheet.scaling);
  const whole = one.reconstructions.length === of;
  return (
    <li className={styles.contact}>
      <button
        type="button"
        aria-pressed={chosen}
        aria-label={t('open.doctor.pick', { scaling: name, psnr: number(one.psnr, 1) })}
        onClick={() => sheet.setScaling(one.scaling)}
      >
        <span className={styles.pictures}>
          {one.reconstructions.map((picture, i) => (
            <PictureCanvas key={String(i)} picture={picture} />
          ))}
        </span>
        <span className={styles.label}>
          <span>{name}</span>
          <span className="number">{`${number(one.psnr, 1)} dB`}</span>
        </span>
        {!whole && <span className={styles.hopeless}>{t('open.doctor.dropped')}</span>}
      </button>
    </li>
  );
}

/** The choice by hand, for those who know. */
function Manual({ sheet: { scaling, setScaling } }: { readonly sheet: OnnxSheet }) {
  const { t } = useTexts();
  const choose = (side: 'input' | 'output') => (
    <label>
      <span>{t(`open.${side}`)}</span>
      <select
        value={scaling[side]}
        onChange={(event) => {
          const name = event.target.value as Scaling['input'];
          // dall-e's margin is the same on both sides.
          const both = name === 'dalle' || scaling.input === 'dalle' || scaling.output === 'dalle';
          setScaling(both ? { ...scaling, input: name, output: name } : { ...scaling, [side]: name });
        }}
      >
        {scalingNames.map((name) => (
          <option key={name} value={name}>
            {t(`open.range.${name}`)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className={styles.manual}>
      {choose('input')}
      {choose('output')}
      <Choices
        name={t('open.doctor.channels')}
        value={scaling.channels}
        options={(['rgb', 'bgr'] as const).map((value) => ({ value, text: t(`open.channels.${value}`) }))}
        onChange={(channels) => setScaling({ ...scaling, channels })}
      />
    </div>
  );
}
