import { type DroppedGraph, type GraphRole, graphRoles, type Proposal } from '../core/proposal.ts';
import { number, useTexts } from '../i18n/index.ts';
import { useErrorText } from './error-text.ts';
import styles from './open-onnx-dialog.module.css';
import type { OnnxSheet } from './use-onnx-sheet.ts';

/** The dropped graphs with their roles, ends and operators, and what the operators cost. */
export function OnnxFiles({ sheet, proposal }: { readonly sheet: OnnxSheet; readonly proposal: Proposal }) {
  const { t } = useTexts();
  return (
    <>
      <h2 className={styles.head}>{t('open.files')}</h2>
      <RoleList sheet={sheet} graphs={proposal.graphs} />
      <h2 className={styles.head}>{t('open.operators')}</h2>
      <Costs proposal={proposal} />
    </>
  );
}

/** Where nothing could be proposed, a file has a role only if the visitor gave it one. */
type Listed = Partial<DroppedGraph> & { readonly file: string };

export function RoleList({ sheet, graphs }: { readonly sheet: OnnxSheet; readonly graphs: readonly Listed[] }) {
  const { t } = useTexts();
  const { corrections, setCorrections } = sheet;
  const assign = (file: string, role: GraphRole) => {
    const known = Object.fromEntries(graphs.flatMap((graph) => (graph.role ? [[graph.file, graph.role]] : [])));
    setCorrections({ ...corrections, roles: { ...known, ...corrections.roles, [file]: role } });
  };
  return (
    <ul className={styles.files}>
      {graphs.map((graph) => (
        <li key={graph.file}>
          <div className={styles.file}>
            <span>{graph.file}</span>
            <select
              aria-label={t('open.role.label', { file: graph.file })}
              value={graph.role ?? ''}
              onChange={(event) => assign(graph.file, event.target.value as GraphRole)}
            >
              {!graph.role && <option value="">{t('open.role.auto')}</option>}
              {graphRoles.map((role) => (
                <option key={role} value={role}>
                  {t(`open.role.${role}`)}
                </option>
              ))}
            </select>
          </div>
          <Ends graph={graph} />
        </li>
      ))}
    </ul>
  );
}

function Ends({ graph: { inputs, outputs, operators, parameters, opset } }: { readonly graph: Listed }) {
  const { t } = useTexts();
  if (!inputs || !outputs) return null;
  return (
    <div className={styles.ends}>
      {inputs.map((input) => (
        <span key={input}>
          <i>{t('open.input')}</i> {input}
        </span>
      ))}
      {outputs.map((output) => (
        <span key={output}>
          <i>{t('open.output')}</i> {output}
        </span>
      ))}
      <span>
        {t('open.facts', { operators: number(operators ?? 0), parameters: number(parameters ?? 0), opset: String(opset ?? '') })}
      </span>
    </div>
  );
}

function Costs({ proposal: { findings, provider } }: { readonly proposal: Proposal }) {
  const { t } = useTexts();
  const { say } = useErrorText();
  if (findings.length === 0) return <p className="caption">{t('open.cost.none')}</p>;
  return (
    <>
      <ul className={styles.costs}>
        {findings.map((finding) => (
          <li key={finding.text}>
            <span className="badge">{t(`open.cost.level.${finding.level}`)}</span>
            <span>{say(finding.text, finding.parameters)}</span>
          </li>
        ))}
      </ul>
      {provider === 'wasm' && <p className={styles.conclusion}>{t('open.cost.wasm')}</p>}
    </>
  );
}
