import { useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot, useTokenscope } from '../state/hooks.ts';
import { PopoverButton } from '../ui/popover.tsx';
import styles from './provider-badge.module.css';

const NAMES = { webgpu: 'WebGPU', wasm: 'WASM' } as const;

/** Which provider runs, and behind it why, on what, and a way to the other one. */
export function ProviderBadge() {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const looked = useTokenscope((state) => state.device);
  const device = slot?.model?.device ?? looked;
  if (!device) return null;
  return (
    <PopoverButton
      className={styles.badge}
      label={
        <>
          <span className={device.provider === 'webgpu' ? styles.dot : `${styles.dot} ${styles.ring}`} />
          <span className={styles.text}>{NAMES[device.provider]}</span>
        </>
      }
      name={t('shell.provider.name', { provider: NAMES[device.provider] })}
      title={t('shell.provider.title')}
    >
      {(close) => <ProviderFacts close={close} />}
    </PopoverButton>
  );
}

function ProviderFacts({ close }: { readonly close: () => void }) {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const looked = useTokenscope((state) => state.device);
  const { retryModel } = useActions();
  const device = slot?.model?.device ?? looked;
  if (!device) return null;
  const { provider, why, detail, adapter, threads, isolated, shaderF16 } = device;
  const other = provider === 'webgpu' ? 'wasm' : 'webgpu';
  const offered = slot?.phase === 'ready' && (other === 'wasm' || (why !== 'no-webgpu' && why !== 'no-adapter'));
  const facts: [string, string][] = [
    [t('shell.provider.adapter'), adapter],
    [t('shell.provider.threads'), String(threads)],
    [t('shell.provider.isolated'), t(isolated ? 'shell.yes' : 'shell.no')],
    [t('shell.provider.half'), t(shaderF16 ? 'shell.yes' : 'shell.no')],
  ];
  return (
    <div className={styles.facts}>
      <h2>{NAMES[provider]}</h2>
      <p className="caption">{t(`shell.provider.reason.${why}`)}</p>
      {detail && <p className={`caption number ${styles.detail}`}>{detail}</p>}
      <dl>
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="number">{value}</dd>
            </div>
          ))}
      </dl>
      {!isolated && provider === 'wasm' && <p className="caption">{t('shell.provider.notIsolated')}</p>}
      {offered && (
        <button
          type="button"
          className={`word-button ${styles.other}`}
          onClick={() => {
            close();
            void retryModel(slot.key, other);
          }}
        >
          {t('shell.provider.use', { provider: NAMES[other] })}
        </button>
      )}
    </div>
  );
}
