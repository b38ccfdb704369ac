import { useState } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import { Dialog } from '../ui/dialog.tsx';
import { showDialog } from './dialogs.ts';
import { useErrorText } from './error-text.ts';
import { OnnxDoctor } from './onnx-doctor.tsx';
import { OnnxFacts } from './onnx-facts.tsx';
import { OnnxFiles, RoleList } from './onnx-files.tsx';
import styles from './open-onnx-dialog.module.css';
import { saveFile } from './pick-files.ts';
import { type OnnxSheet, useOnnxSheet } from './use-onnx-sheet.ts';
import { WholeNumber } from './whole-number.tsx';

/** The sheet for dropped ONNX files: what they are and why, what can be corrected, which scaling they want; then open or save. */
export default function OpenOnnxDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { closeOnnx } = useActions();
  const sheet = useTokenscope((state) => state.sheet);
  const close = () => {
    closeOnnx();
    onClose();
  };
  return (
    <Dialog title={t('open.title')} closeText={t('shell.close')} wide onClose={close}>
      {sheet && <Sheet key={sheet.key} files={sheet.files} />}
    </Dialog>
  );
}

function Sheet({ files }: { readonly files: Readonly<Record<string, Blob>> }) {
  const sheet = useOnnxSheet(files);
  const { proposal, failed, stage } = sheet;
  return (
    <div className={failed ? undefined : styles.sheet}>
      <Stage stage={stage} />
      {failed && <Failure sheet={sheet} files={files} />}
      {proposal && !failed && (
        <div className={stage ? `${styles.columns} ${styles.pending}` : styles.columns} aria-busy={!!stage}>
          <div>
            <OnnxFacts sheet={sheet} proposal={proposal} />
            <OnnxFiles sheet={sheet} proposal={proposal} />
          </div>
          <OnnxDoctor sheet={sheet} />
        </div>
      )}
      {proposal && !failed && <Verbs sheet={sheet} />}
    </div>
  );
}

function Stage({ stage }: Pick<OnnxSheet, 'stage'>) {
  const { t } = useTexts();
  return (
    <p className={styles.stage} role="status">
      {stage && (
        <>
          <span className={styles.working} aria-hidden="true" />
          {t(`open.stage.${stage}`)}
        </>
      )}
    </p>
  );
}

/** Failures that another choice of roles may cure. */
const ABOUT_ROLES: ReadonlySet<string> = new Set([
  'onnx-roles',
  'onnx-no-encoder',
  'onnx-no-decoder',
  'onnx-no-tokens',
  'onnx-no-decoding',
  'onnx-inputs',
  'onnx-unlinked',
  'onnx-size',
]);

/** Even where nothing could be proposed, the visitor may say what the files are. */
function Failure({ sheet, files }: { readonly sheet: OnnxSheet; readonly files: Readonly<Record<string, Blob>> }) {
  const { t } = useTexts();
  const { what, remedy } = useErrorText();
  const graphs = Object.keys(files).filter((name) => /\.onnx$/i.test(name));
  return (
    <div className={styles.failure} role="alert">
      <p>
        <b>{what(sheet.failed!)}</b>
      </p>
      <p>{remedy(sheet.failed!)}</p>
      {sheet.undo && (
        <button type="button" className="word-button" onClick={sheet.undo}>
          {t('open.undo')}
        </button>
      )}
      {sheet.failed!.code === 'onnx-size' && <Side sheet={sheet} />}
      {ABOUT_ROLES.has(sheet.failed!.code) && (
        <RoleList
          sheet={sheet}
          graphs={graphs.map((file) => {
            const role = sheet.corrections.roles?.[file];
            return role ? { file, role } : { file };
          })}
        />
      )}
    </div>
  );
}

/** A graph that says of no axis how long it is may still take one size only. */
function Side({ sheet: { corrections, setCorrections } }: { readonly sheet: OnnxSheet }) {
  const { t } = useTexts();
  return (
    <div className={styles.side}>
      <WholeNumber
        label={t('open.side')}
        value={corrections.side}
        least={1}
        onEnter={(side) => setCorrections({ ...corrections, side })}
      />
    </div>
  );
}

function Verbs({ sheet }: { readonly sheet: OnnxSheet }) {
  const { t } = useTexts();
  const { openProposal, packProposal, closeOnnx } = useActions();
  const [saving, setSaving] = useState(false);
  const { proposal, stage, title, setTitle, settle } = sheet;
  const ready = proposal && !stage;
  const open = () => {
    const manifest = settle();
    if (!proposal || !manifest) return;
    sheet.stop();
    closeOnnx();
    showDialog();
    void openProposal(proposal, manifest);
  };
  const save = async () => {
    const manifest = settle();
    if (!proposal || !manifest) return;
    setSaving(true);
    const zip = await packProposal(proposal, manifest);
    if (zip) saveFile(zip, `${manifest.id}.zip`);
    setSaving(false);
  };
  return (
    <div className={styles.verbs}>
      <label className={styles.name}>
        <span>{t('open.name')}</span>
        <input type="text" value={title} maxLength={80} onChange={(event) => setTitle(event.target.value)} />
      </label>
      <button type="button" className={styles.primary} disabled={!ready} onClick={open}>
        {t('open.open')}
      </button>
      <button type="button" className="word-button" disabled={!ready || saving} onClick={save}>
        {saving ? t('open.saving') : t('open.save')}
      </button>
    </div>
  );
}
