import { S3_CREDENTIAL_CHOICES, TLS_CHOICES } from '../../parts/connection-choices.ts';
import { Labelled } from '../../parts/Labelled.tsx';
import { Select } from '../../parts/Select.tsx';
import {
  credentialsOf,
  KIND_LABELS,
  newPlace,
  PLACE_FIELDS,
  PLACE_KINDS,
  type PlaceDraft,
  textOf,
  tlsOf,
  withConfig,
  withCredentials,
  withField,
  withTls,
} from './place-draft.ts';

interface PlaceFieldsProps {
  draft: PlaceDraft;
  /** The field that is not right yet. */
  faultAt: string | null;
  onChange: (draft: PlaceDraft) => void;
}

/** Where it is and who may write there. The kind of a place that is in use stays. */
export function PlaceFields({ draft, faultAt, onChange }: PlaceFieldsProps) {
  const { kind } = draft.config;
  return (
    <>
      <Labelled className="note-place-field" label="Kind">
        {draft.remoteId === null ? (
          <Select
            label="Kind"
            choices={PLACE_KINDS.map((id) => ({ id, label: KIND_LABELS[id] }))}
            chosen={kind}
            onChoose={(next) => {
              onChange(newPlace(next, draft.name));
            }}
          />
        ) : (
          <span>{KIND_LABELS[kind]}</span>
        )}
      </Labelled>
      <TextInput
        label="Name"
        text={draft.name}
        placeholder="as others call it"
        isFaulty={faultAt === 'name' && draft.name !== ''}
        onChange={(name) => {
          onChange({ ...draft, name });
        }}
      />
      {PLACE_FIELDS[kind].map((field) => (
        <TextInput
          key={field.name}
          label={field.label}
          text={textOf(draft, field.name)}
          placeholder={field.placeholder}
          isCode
          isNumber={field.isNumber}
          isFaulty={faultAt === field.name && textOf(draft, field.name) !== ''}
          onChange={(text) => {
            onChange(withField(draft, field, text));
          }}
        />
      ))}
      {kind === 's3' && <S3Access draft={draft} onChange={onChange} />}
      {(kind === 'postgres' || kind === 'clickhouse') && (
        <Labelled className="note-place-field" label="Encryption">
          <Select
            label="Encryption"
            chosen={tlsOf(draft)}
            choices={TLS_CHOICES}
            onChoose={(mode) => {
              onChange(withTls(draft, mode));
            }}
          />
        </Labelled>
      )}
    </>
  );
}

function S3Access({ draft, onChange }: Pick<PlaceFieldsProps, 'draft' | 'onChange'>) {
  const { kind, profile } = credentialsOf(draft);
  return (
    <>
      <label className="note-check">
        <input
          type="checkbox"
          checked={draft.config['pathStyle'] === true}
          onChange={({ target }) => {
            onChange(withConfig(draft, { pathStyle: target.checked }));
          }}
        />
        Bucket in the path
      </label>
      <Labelled className="note-place-field" label="Credentials to write">
        <Select
          label="Credentials to write"
          chosen={kind}
          choices={S3_CREDENTIAL_CHOICES}
          onChoose={(next) => {
            onChange(withCredentials(draft, next));
          }}
        />
      </Labelled>
      {kind === 'profile' && (
        <TextInput
          label="Profile"
          text={profile}
          isCode
          onChange={(name) => {
            onChange(withCredentials(draft, 'profile', name));
          }}
        />
      )}
    </>
  );
}

interface TextInputProps {
  label: string;
  text: string;
  onChange: (text: string) => void;
  placeholder?: string | undefined;
  isCode?: boolean;
  isNumber?: boolean | undefined;
  isFaulty?: boolean;
}

function TextInput(props: TextInputProps) {
  const { label, text, onChange, isCode = false, isNumber = false, isFaulty = false } = props;
  return (
    <label className="note-place-field">
      <span>{label}</span>
      <input
        className="field"
        data-code={isCode}
        value={text}
        placeholder={props.placeholder}
        inputMode={isNumber ? 'numeric' : undefined}
        aria-invalid={isFaulty}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => {
          onChange(target.value);
        }}
      />
    </label>
  );
}
