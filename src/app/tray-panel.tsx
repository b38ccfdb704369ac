import { useState } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot, useTokenscope } from '../state/hooks.ts';
import type { TrayItem, TrayRow, TrayRun } from '../state/store.ts';
import { Dialog } from '../ui/dialog.tsx';
import { csvBlob } from '../ui/savable.ts';
import { useErrorText } from './error-text.ts';
import { manifestFacts, modelTitle } from './model-facts.ts';
import { pickFiles, saveFile } from './pick-files.ts';
import { setFigures, trayMetrics, trayTable } from './tray-figures.ts';
import styles from './tray-panel.module.css';

/** Rows drawn at once; a thousand pictures are pages of this. */
const PAGE = 50;

/** Many pictures: the list, a run over all of them, and what the set says about the codebook. */
export default function TrayPanel({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { items, run } = useTokenscope((state) => state.tray);
  return (
    <Dialog title={t('shell.tray.title', { amount: number(items.length) })} closeText={t('shell.close')} onClose={onClose} wide>
      <Verbs items={items} run={run} />
      {run && <SetFigures run={run} />}
      <Rows items={items} rows={run?.rows} onOpen={onClose} />
    </Dialog>
  );
}

function Verbs({ items, run }: { readonly items: readonly TrayItem[]; readonly run: TrayRun | undefined }) {
  const { t } = useTexts();
  const { runTray, stopTray, clearTray, openFiles } = useActions();
  const slot = useActiveSlot();
  const add = async () => {
    const files = await pickFiles('files');
    if (files.length > 0) await openFiles(files);
  };
  const save = () => {
    if (!run) return;
    const { header, lines } = trayTable(run);
    saveFile(csvBlob(header, lines), `${run.model.id}-set.csv`);
  };
  return (
    <div className={styles.verbs}>
      {run?.running ? (
        <button type="button" className={styles.main} onClick={stopTray}>
          {t('shell.tray.stop')}
        </button>
      ) : (
        <button type="button" className={styles.main} disabled={items.length === 0 || slot?.phase !== 'ready'} onClick={runTray}>
          {t('shell.tray.run', { model: slot ? modelTitle(slot.manifest, t) : '' })}
        </button>
      )}
      {run?.running && (
        <span className={styles.progress}>
          <progress max={run.total} value={run.done} aria-label={t('shell.tray.progress')} />
          <span className="number">
            {run.done} / {run.total}
          </span>
        </span>
      )}
      <button type="button" className="word-button" onClick={add}>
        {t('shell.tray.add')}
      </button>
      {run && run.rows.length > 0 && (
        <button type="button" className="word-button" onClick={save}>
          {t('shell.tray.csv')}
        </button>
      )}
      <button type="button" className="word-button" disabled={items.length === 0} onClick={clearTray}>
        {t('shell.tray.clear')}
      </button>
    </div>
  );
}

function SetFigures({ run }: { readonly run: TrayRun }) {
  const { t } = useTexts();
  const { used, dead, usage, perplexity, tokens, means } = setFigures(run);
  const figures: [string, string, string?][] = [
    [t('shell.tray.used'), number(used), t('shell.tray.of', { size: number(run.counts.length) })],
    [t('words.usage'), `${number(usage * 100, 1)} %`],
    [t('shell.tray.dead'), number(dead)],
    [t('words.perplexity'), tokens > 0 ? number(perplexity, 1) : '–'],
    ...trayMetrics.map((metric): [string, string] => [t(`metrics.${metric}.name`), valueText(metric, means[metric])]),
  ];
  return (
    <>
      <dl className={styles.figures}>
        {figures.map(([name, value, rest]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">
              {value} {rest && <small>{rest}</small>}
            </dd>
          </div>
        ))}
      </dl>
      <p className="caption">
        {t('shell.tray.sample', { tokens: number(tokens), pictures: number(run.rows.filter((row) => row.measures).length) })}{' '}
        {modelTitle(run.model, t)} · {manifestFacts(run.model)}
      </p>
    </>
  );
}

function valueText(metric: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return '∞';
  return metric === 'psnr' ? `${number(value, 2)} dB` : number(value, 3);
}

interface RowsProps {
  readonly items: readonly TrayItem[];
  readonly rows: readonly TrayRow[] | undefined;
  readonly onOpen: () => void;
}

function Rows({ items, rows, onOpen }: RowsProps) {
  const { t } = useTexts();
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(items.length / PAGE));
  const shown = Math.min(page, pages - 1);
  const byKey = new Map(rows?.map((row) => [row.key, row]));
  if (items.length === 0) return <p className={styles.empty}>{t('shell.tray.empty')}</p>;
  return (
    <>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('shell.tray.picture')}</th>
              {trayMetrics.map((metric) => (
                <th scope="col" key={metric}>
                  {t(`metrics.${metric}.name`)}
                </th>
              ))}
              <th scope="col">{t('shell.tray.time')}</th>
              <th scope="col">
                <span className="unseen">{t('shell.tray.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items.slice(shown * PAGE, (shown + 1) * PAGE).map((item) => (
              <Row key={item.key} item={item} row={byKey.get(item.key)} onOpen={onOpen} />
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <nav className={styles.pages} aria-label={t('shell.tray.pages')}>
          <button type="button" className="word-button" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
            {t('shell.tray.previous')}
          </button>
          <span className="number">
            {shown * PAGE + 1}–{Math.min(items.length, (shown + 1) * PAGE)} / {items.length}
          </span>
          <button type="button" className="word-button" disabled={shown === pages - 1} onClick={() => setPage(shown + 1)}>
            {t('shell.tray.next')}
          </button>
        </nav>
      )}
    </>
  );
}

function Row({ item, row, onOpen }: { readonly item: TrayItem; readonly row: TrayRow | undefined; readonly onOpen: () => void }) {
  const { t } = useTexts();
  const { what } = useErrorText();
  const { openTrayItem, removeTrayItem } = useActions();
  const { error } = row ?? {};
  const open = () => {
    onOpen();
    void openTrayItem(item.key);
  };
  return (
    <tr>
      <th scope="row">
        <button type="button" className={styles.name} onClick={open}>
          {item.name}
        </button>
      </th>
      {error ? (
        <td colSpan={trayMetrics.length} className={styles.error}>
          {what(error)}
        </td>
      ) : (
        trayMetrics.map((metric) => (
          <td key={metric} className="number">
            {row ? valueText(metric, row.measures?.[metric]) : ''}
          </td>
        ))
      )}
      <td className="number">{row ? `${number(row.seconds, 2)} s` : ''}</td>
      <td>
        <button
          type="button"
          className={styles.remove}
          aria-label={t('shell.tray.removeItem', { name: item.name })}
          onClick={() => removeTrayItem(item.key)}
        >
          ×
        </button>
      </td>
    </tr>
  );
}
