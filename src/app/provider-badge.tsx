import { useTexts } from '../i18n/index.ts';
import { useActions, useActiveSlot, useTokenscope } from '../state/hooks.ts';
import { Choices } from '../ui/choices.tsx';
import { PopoverButton } from '../ui/popover.tsx';
import styles from './provider-badge.module.css';
import { PRECISIONS, PROVIDERS, providerName } from './provider-name.ts';

/** Which provider runs, and behind it why, on what, and a way to the other one. */
export function ProviderBadge() {
  const { t } = useTexts();
  const slot = useActiveSlot();
  const looked = useTokenscope((state) => state.device);
  const device = slot?.model?.device ?? looked;
  if (!device) return null;
  const name = providerName(device.provider, slot?.model?.precision);
  return (
    <PopoverButton
      className={styles.badge}
      label={
        <>
          <span className={device.provider === 'webgpu' ? styles.dot : `${styles.dot} ${styles.ring}`} />
          <span className={styles.text}>{name}</span>
        </>
      }
      name={t('shell.provider.name', { provider: name })}
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
  const { retryModel, setPrecision } = useActions();
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
      <h2>{providerName(provider, slot?.model?.precision)}</h2>
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
      {slot?.phase === 'ready' && slot.model && shaderF16 && (
        <div className={styles.precision}>
          <Choices
            name={t('shell.provider.precision')}
            showName
            value={slot.model.precision}
            options={(['float32', 'float16'] as const).map((value) => ({ value, text: PRECISIONS[value] }))}
            onChange={(precision) => {
              close();
              void setPrecision(slot.key, precision);
            }}
          />
          <p className="caption">{t('shell.provider.precisionHint')}</p>
        </div>
      )}
      {offered && (
        <button
          type="button"
          className={`word-button ${styles.other}`}
          onClick={() => {
            close();
            void retryModel(slot.key, other);
          }}
        >
          {t('shell.provider.use', { provider: PROVIDERS[other] })}
        </button>
      )}
    </div>
  );
}
