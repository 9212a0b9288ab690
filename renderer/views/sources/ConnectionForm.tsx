import { DATASETS } from '../../../shared/domain/dimensions.ts';
import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { S3_CREDENTIAL_CHOICES, TLS_CHOICES } from '../../parts/connection-choices.ts';
import { Labelled } from '../../parts/Labelled.tsx';
import { Select } from '../../parts/Select.tsx';
import type { SourceKind } from '../../state/operate-address.ts';
import { TablePicker } from './TablePicker.tsx';
import { type Draft, isKind, KINDS, textOf, toKind, withText } from './draft.ts';

interface ConnectionFormProps {
  draft: Draft;
  /** Kind, environment and dataset of a stored source stay: its rows belong to them. */
  isStored: boolean;
  environments: readonly string[];
  /** The field that was refused. */
  faultAt: string | null;
  onChange: (draft: Draft) => void;
}

const HOUR_MS = 3_600_000;
const TARGETS = [
  { id: '', label: 'No target' },
  { id: String(HOUR_MS / 12), label: '5 min' },
  { id: String(HOUR_MS / 4), label: '15 min' },
  { id: String(HOUR_MS), label: '1 h' },
  { id: String(2 * HOUR_MS), label: '2 h' },
  { id: String(6 * HOUR_MS), label: '6 h' },
  { id: String(24 * HOUR_MS), label: '24 h' },
] as const;

const FORMATS = [
  '',
  'ndjson',
  'ndjson.gz',
  'ndjson.zst',
  'json',
  'json.gz',
  'csv',
  'csv.gz',
  'parquet',
  'arrow',
];

export function ConnectionForm({ draft, isStored, environments, faultAt, onChange }: ConnectionFormProps) {
  const kind = textOf(draft, 'kind');
  const field = (name: string, label: string, more: Partial<FieldProps> = {}) => (
    <Field
      key={name}
      name={name}
      label={label}
      value={textOf(draft, name)}
      isFaulty={faultAt?.endsWith(name) === true}
      onChange={(text) => {
        onChange(more.isNumber === true ? { ...draft, [name]: Number(text) } : withText(draft, name, text));
      }}
      {...more}
    />
  );
  return (
    <>
      <div className="plain-tile-head">
        <h2>Connection</h2>
        <div className="plain-tile-aside">
          {isStored ? (
            <span>{KINDS.find(({ id }) => id === kind)?.label ?? kind}</span>
          ) : (
            <SegmentedControl<SourceKind>
              label="Kind"
              choices={KINDS}
              chosen={isKind(kind) ? kind : 'folder'}
              onChoose={(next) => {
                onChange(toKind(draft, next));
              }}
            />
          )}
        </div>
      </div>
      <div className="source-form">
        {field('name', 'Name', { width: 2 })}
        <Labelled className="source-field" label="Data">
          <Select
            label="Data"
            chosen={textOf(draft, 'dataset')}
            choices={DATASETS.filter((name) => !isStored || name === draft['dataset']).map((id) => ({
              id,
              label: id.replaceAll('_', ' '),
            }))}
            onChoose={(dataset) => {
              onChange({ ...draft, dataset });
            }}
          />
        </Labelled>
        <Labelled className="source-field" label="Fresh within">
          <Select
            label="Fresh within"
            chosen={targetOf(draft)}
            choices={targetsWith(targetOf(draft))}
            onChoose={(id) => {
              onChange({ ...draft, freshnessTargetMs: id === '' ? null : Number(id) });
            }}
          />
        </Labelled>
        <Labelled className="source-field" label="Source deletes after">
          <Select
            label="Source deletes after"
            chosen={expiryOf(draft)}
            choices={expiriesWith(expiryOf(draft))}
            onChoose={(id) => {
              onChange({ ...draft, expiresAfterDays: id === '' ? null : Number(id) });
            }}
          />
        </Labelled>
        {field('environment', 'Environment', { isDisabled: isStored, suggestions: environments })}
        {kind === 'folder' && (
          <>
            {field('path', 'Folder', { width: 2, isCode: true, placeholder: '/data/events' })}
            {field('keyTemplate', 'Key template', {
              width: 2,
              isCode: true,
              placeholder: 'events/${ENV}/dt=%Y-%m-%d/',
            })}
          </>
        )}
        {kind === 's3' && (
          <>
            {field('bucket', 'Bucket', { isCode: true })}
            {field('region', 'Region', { isCode: true, placeholder: 'of the profile' })}
            {field('endpoint', 'Endpoint', { width: 2, isCode: true, placeholder: 'AWS' })}
            {field('keyTemplate', 'Key template', {
              width: 2,
              isCode: true,
              placeholder: 'events/${ENV}/dt=%Y-%m-%d/hour=%H/',
            })}
            <Labelled className="source-field" label="Format without an ending">
              <Select
                label="Format without an ending"
                chosen={textOf(draft, 'format')}
                choices={FORMATS.map((id) => ({ id, label: id === '' ? 'Left alone' : id }))}
                onChoose={(format) => {
                  onChange(withText(draft, 'format', format));
                }}
              />
            </Labelled>
            <Credentials draft={draft} onChange={onChange} />
            <label className="source-check">
              <input
                type="checkbox"
                checked={draft['pathStyle'] === true}
                onChange={({ target }) => {
                  onChange({ ...draft, pathStyle: target.checked });
                }}
              />
              Bucket in the path
            </label>
          </>
        )}
        {(kind === 'clickhouse' || kind === 'postgres') && (
          <>
            {field('host', 'Host', { isCode: true })}
            {field('port', 'Port', { isNumber: true, isCode: true })}
            {field('database', 'Database', { isCode: true })}
            {field('user', 'User', { isCode: true })}
            {kind === 'postgres' &&
              field('tableSchema', 'Schema', { isCode: true, placeholder: 'search path' })}
            {field('table', 'Table or view', { isCode: true })}
            <Labelled className="source-field" label="Of the database">
              <TablePicker key={connectionKey(draft)} draft={draft} onChange={onChange} />
            </Labelled>
            {field('cursor', 'Column of arrival', { isCode: true, placeholder: 'by ts' })}
            <Labelled className="source-field" label="Encryption">
              <Select
                label="Encryption"
                chosen={tlsOf(draft)}
                choices={TLS_CHOICES}
                onChoose={(mode) => {
                  onChange({ ...draft, tls: { ...(draft['tls'] as object | undefined), mode } });
                }}
              />
            </Labelled>
          </>
        )}
      </div>
    </>
  );
}

/** Another server has other tables. */
const connectionKey = (draft: Draft): string =>
  ['kind', 'host', 'port', 'database', 'user'].map((name) => textOf(draft, name)).join(' ');

function tlsOf(draft: Draft): 'verify' | 'encrypt' | 'off' {
  const mode = (draft['tls'] as { mode?: string } | undefined)?.mode;
  return mode === 'encrypt' || mode === 'off' ? mode : 'verify';
}

const targetOf = (draft: Draft): string => {
  const target = draft['freshnessTargetMs'];
  return typeof target === 'number' ? String(target) : '';
};

function targetsWith(chosen: string): { id: string; label: string }[] {
  const isListed = TARGETS.some(({ id }) => id === chosen);
  return isListed
    ? [...TARGETS]
    : [...TARGETS, { id: chosen, label: `${Math.round(Number(chosen) / 60_000)} min` }];
}

const EXPIRIES = [30, 90, 180, 365, 730] as const; // days

const expiryOf = (draft: Draft): string => {
  const days = draft['expiresAfterDays'];
  return typeof days === 'number' ? String(days) : '';
};

function expiriesWith(chosen: string): { id: string; label: string }[] {
  const days = new Set<number>(EXPIRIES);
  if (chosen !== '') days.add(Number(chosen));
  return [
    { id: '', label: 'Never' },
    ...[...days].sort((a, b) => a - b).map((count) => ({ id: String(count), label: `${count} days` })),
  ];
}

function Credentials({ draft, onChange }: Pick<ConnectionFormProps, 'draft' | 'onChange'>) {
  const credentials = (draft['credentials'] ?? {}) as { kind?: string; profile?: string };
  const kind = credentials.kind === 'keys' || credentials.kind === 'anonymous' ? credentials.kind : 'profile';
  return (
    <>
      <Labelled className="source-field" label="Credentials">
        <Select
          label="Credentials"
          chosen={kind}
          choices={S3_CREDENTIAL_CHOICES}
          onChoose={(next) => {
            const credentialsOf = {
              profile: { kind: 'profile', profile: 'default' },
              keys: { kind: 'keys' },
              anonymous: { kind: 'anonymous' },
            };
            onChange({ ...draft, credentials: credentialsOf[next] });
          }}
        />
      </Labelled>
      {kind === 'profile' && (
        <Field
          name="profile"
          label="Profile"
          value={credentials.profile ?? ''}
          isCode
          onChange={(profile) => {
            onChange({ ...draft, credentials: { kind: 'profile', profile } });
          }}
        />
      )}
    </>
  );
}

interface FieldProps {
  name: string;
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** Columns of the form. */
  width?: 1 | 2;
  isCode?: boolean;
  isNumber?: boolean;
  isDisabled?: boolean;
  isFaulty?: boolean;
  placeholder?: string;
  suggestions?: readonly string[];
}

function Field(props: FieldProps) {
  const { name, label, value, onChange, width = 1, isCode = false, isFaulty = false, suggestions } = props;
  const listId = suggestions === undefined ? undefined : `source-${name}-list`;
  return (
    <label className="source-field" data-width={width}>
      <span>{label}</span>
      <input
        className="field"
        data-field={name}
        data-code={isCode}
        value={value}
        inputMode={props.isNumber === true ? 'numeric' : undefined}
        placeholder={props.placeholder}
        disabled={props.isDisabled}
        aria-invalid={isFaulty}
        list={listId}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => {
          onChange(target.value);
        }}
      />
      {suggestions !== undefined && (
        <datalist id={listId}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  );
}
