import { useState } from 'react';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { Refusal } from '../../parts/Refusal.tsx';
import { Select } from '../../parts/Select.tsx';

const LARGEST_FILE_BYTES = 500_000; // what one request may carry, and a little less

interface SchemaFormProps {
  environments: readonly string[];
  onImported: () => void;
}

/** A schema from a file or pasted; the engine says what is wrong with it. */
export function SchemaForm({ environments, onImported }: SchemaFormProps) {
  const { backend } = useServices();
  const act = useAct();
  const [environment, setEnvironment] = useState(environments[0] ?? 'prod');
  const [eventType, setEventType] = useState('');
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [imported, setImported] = useState<string | null>(null);

  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    setFault(file.size > LARGEST_FILE_BYTES ? `${file.name} is larger than 500 kB` : null);
    if (file.size <= LARGEST_FILE_BYTES) setText(await file.text());
  };
  const send = async () => {
    setImported(null);
    const schema = parsed(text);
    setFault(schema === undefined ? 'The text is not valid JSON' : null);
    if (schema === undefined) return;
    const name = eventType.trim() === '' ? null : eventType.trim();
    const done = await act.run('import', () =>
      backend.call('command.expectation.import', { environment, eventType: name, schema }),
    );
    if (done === undefined) return;
    setImported('Imported. Rows that come from now on are held against it.');
    setText('');
    setEventType('');
    onImported();
  };
  return (
    <form
      className="schema-form"
      aria-label="Import a schema"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label className="source-field">
        <span>Avro record or JSON Schema</span>
        <textarea
          className="field schema-text"
          value={text}
          rows={5}
          spellCheck={false}
          placeholder='{"type": "record", "name": "page_view", "fields": […]}'
          aria-invalid={fault !== null || act.failure !== null}
          onChange={({ target }) => {
            setText(target.value);
          }}
        />
      </label>
      <div className="schema-row">
        <label className="button schema-file">
          From a file
          <input
            type="file"
            className="visually-hidden"
            accept=".json,.avsc,application/json"
            onChange={({ target }) => {
              void take(target.files?.[0]);
              target.value = '';
            }}
          />
        </label>
        <Select
          label="Environment of the schema"
          chosen={environment}
          choices={environments.map((id) => ({ id, label: id }))}
          onChoose={setEnvironment}
        />
        <input
          className="field"
          aria-label="Event type"
          value={eventType}
          placeholder="as it says"
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => {
            setEventType(target.value);
          }}
        />
        <button type="submit" className="button" disabled={text.trim() === '' || act.doing !== null}>
          Import
        </button>
      </div>
      {fault !== null && (
        <p className="schema-fault" role="alert">
          {fault}.
        </p>
      )}
      <Refusal failure={act.failure} what="The schema was refused" onDismiss={act.clear} />
      <p className="settings-note" role="status" hidden={imported === null}>
        {imported}
      </p>
    </form>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
