interface WholeNumberProps {
  readonly label: string;
  /** The label is only read out: what stands around the field says it to the eye. */
  readonly unseen?: boolean;
  readonly value: number | undefined;
  readonly least: number;
  readonly onEnter: (value: number) => void;
}

/** A number that counts once it is written: on leaving the field, or with Enter. */
export function WholeNumber({ label, unseen, value, least, onEnter }: WholeNumberProps) {
  const enter = (text: string) => {
    const entered = Number(text);
    if (text !== '' && Number.isInteger(entered) && entered >= least && entered !== value) onEnter(entered);
  };
  return (
    <label>
      <input
        type="number"
        min={least}
        defaultValue={value}
        onBlur={(event) => enter(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && enter(event.currentTarget.value)}
      />
      <span className={unseen ? 'unseen' : undefined}>{label}</span>
    </label>
  );
}
