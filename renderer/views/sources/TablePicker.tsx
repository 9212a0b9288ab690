import { useState } from 'react';
import type { ResultOf } from '../../../shared/rpc/methods.ts';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { Refusal } from '../../parts/Refusal.tsx';
import { Select } from '../../parts/Select.tsx';
import { type Draft, textOf } from './draft.ts';

type Table = ResultOf<'query.source.tables'>['tables'][number];

const NONE = '';

/** The tables and views that the user of the database sees; what is typed beside it counts as well. */
export function TablePicker({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
  const { backend } = useServices();
  const act = useAct();
  const [listed, setListed] = useState<readonly Table[] | null>(null);
  const list = async () => {
    const found = await act.run('list', () =>
      backend.call('query.source.tables', { source: connectionOf(draft) }),
    );
    if (found !== undefined) setListed(found.tables);
  };
  const chosen = listed?.find((table) => isOf(draft, table));
  return (
    <div className="source-tables">
      <button type="button" className="button" disabled={act.doing !== null} onClick={() => void list()}>
        {act.doing === null ? 'List tables' : 'Listing…'}
      </button>
      {listed !== null && listed.length === 0 && (
        <span role="status">The user sees no table in this database.</span>
      )}
      {listed !== null && listed.length > 0 && (
        <Select
          label="Tables and views"
          chosen={chosen === undefined ? NONE : idOf(chosen)}
          choices={[
            { id: NONE, label: `Choose one of ${listed.length}` },
            ...listed.map((table) => ({ id: idOf(table), label: labelOf(table) })),
          ]}
          onChoose={(id) => {
            const table = listed.find((one) => idOf(one) === id);
            if (table !== undefined) onChange(withTable(draft, table));
          }}
        />
      )}
      <Refusal failure={act.failure} what="The tables cannot be listed" onDismiss={act.clear} />
    </div>
  );
}

/** A list needs a connection only; names that are not given yet must not stand against it. */
const connectionOf = (draft: Draft): Draft => ({
  ...draft,
  name: textOf(draft, 'name') || 'New source',
  table: textOf(draft, 'table') || 'any',
});

const idOf = ({ schema, name }: Table): string => JSON.stringify([schema, name]);

const labelOf = ({ schema, name, isView }: Table): string =>
  `${schema === null ? '' : `${schema}.`}${name}${isView ? ' (view)' : ''}`;

const isOf = (draft: Draft, { schema, name }: Table): boolean =>
  textOf(draft, 'table') === name && (schema === null || textOf(draft, 'tableSchema') === schema);

/** Another table has other columns: a map and a choice of them would not fit. */
function withTable(draft: Draft, { schema, name }: Table): Draft {
  const { map: _map, allow: _allow, ...rest } = draft;
  return { ...rest, table: name, ...(schema === null ? {} : { tableSchema: schema }) };
}
