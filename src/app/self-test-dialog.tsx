import { useState } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import type { Agreement, RunReport, SelfTestReport, Variant } from '../state/self-test.ts';
import { Dialog } from '../ui/dialog.tsx';
import { megabytes } from './model-facts.ts';
import { saveFile } from './pick-files.ts';
import { providerName } from './provider-name.ts';
import styles from './self-test-dialog.module.css';

/** Parity, speed and memory on this very machine, to look at and to send to somebody. */
export default function SelfTestDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { selfTest } = useActions();
  const [running, setRunning] = useState<Variant>();
  const [report, setReport] = useState<SelfTestReport>();
  const run = async () => {
    setReport(undefined);
    setReport(await selfTest(setRunning));
    setRunning(undefined);
  };
  const save = () =>
    saveFile(new Blob([JSON.stringify(report, undefined, 2)], { type: 'application/json' }), 'tokenscope-self-test.json');
  return (
    <Dialog title={t('shell.selfTest.title')} closeText={t('shell.close')} onClose={onClose}>
      <p className="caption">{t('shell.selfTest.hint')}</p>
      {report && <Report report={report} />}
      <div className={styles.verbs} role="status">
        <button type="button" className="word-button" disabled={!!running} onClick={run}>
          {running
            ? t('shell.selfTest.running', { provider: providerName(running.provider, running.precision) })
            : t('shell.selfTest.run')}
        </button>
        {report && (
          <button type="button" className="word-button" onClick={save}>
            {t('shell.selfTest.save')}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function Report({ report }: { readonly report: SelfTestReport }) {
  const { t } = useTexts();
  const { runs, parity, half, picture, memory, device } = report;
  const shown = ({ cells, different, clear, psnr }: Agreement) => ({
    tokens: t(different === 0 ? 'shell.selfTest.tokensEqual' : 'shell.selfTest.tokensDiffer', {
      cells: number(cells),
      different: number(different),
      clear: number(clear),
    }),
    psnr: psnr === 'equal' ? t('shell.selfTest.equal') : `${number(psnr, 1)} dB`,
  });
  const lines = [
    device.adapter,
    picture ? (parity ? t('shell.selfTest.parity', shown(parity)) : t('shell.selfTest.noParity')) : t('shell.selfTest.noPicture'),
    half.agreement && t('shell.selfTest.half', shown(half.agreement)),
    !half.available && t('shell.selfTest.noHalf'),
    memory === undefined ? t('shell.selfTest.noMemory') : t('shell.selfTest.memory', { size: megabytes(memory) }),
  ];
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('shell.provider.title')}</th>
            <th scope="col">{t('shell.selfTest.check')}</th>
            <th scope="col">{t('shell.selfTest.encode')}</th>
            <th scope="col">{t('shell.selfTest.decode')}</th>
            <th scope="col">{t('shell.selfTest.overhead')}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((row) => (
            <Row key={providerName(row.provider, row.precision)} row={row} />
          ))}
        </tbody>
      </table>
      {lines.map(
        (line) =>
          line && (
            <p key={line} className={`caption ${styles.line}`}>
              {line}
            </p>
          ),
      )}
    </>
  );
}

function Row({ row: { provider, precision, check, bench, failed } }: { readonly row: RunReport }) {
  const { t } = useTexts();
  const time = (ms: number | undefined) => (ms === undefined ? '–' : `${number(ms, 1)} ms`);
  return (
    <tr>
      <th scope="row">{providerName(provider, precision)}</th>
      {failed ? (
        <td colSpan={4}>{t('shell.selfTest.failed', { code: failed })}</td>
      ) : (
        <>
          <td>{check ? t(check.passed ? 'shell.selfTest.passed' : 'shell.selfTest.notPassed') : '–'}</td>
          <td className="number">{time(bench?.encodeMs)}</td>
          <td className="number">{time(bench?.decodeMs)}</td>
          <td className="number">{bench ? `${number(bench.overhead * 100, 1)} %` : '–'}</td>
        </>
      )}
    </tr>
  );
}
