import { CONTROL_FEEDS, DIMENSIONS, type DimensionDataset } from '../../../../shared/domain/dimensions.ts';
import { EVENT_COLUMNS } from '../../../../shared/domain/events.ts';
import { type FieldPlan, createFieldPlan } from '../field-plan.ts';
import { SourceFault } from '../source-fault.ts';
import { type TableConfig, cursorColumnOf } from './table-config.ts';

/** A column as the database describes it. */
export interface TableColumn {
  name: string;
  /** As the database writes it, e.g. `timestamp with time zone`, `LowCardinality(String)`. */
  type: string;
}

/** The columns of a table that take part in a sync. */
export interface TableSelection<Column extends TableColumn> {
  /** Those that are fetched. */
  columns: Column[];
  /** Of these, those whose values are names even where they look like numbers. */
  names: ReadonlySet<string>;
  /** Those whose values are instants, whatever their type: a date is its first moment in UTC. */
  instants: ReadonlySet<string>;
  /** By which rows come; null: by none. */
  cursor: Column | null;
  /** What tells event types apart: a column, or the same for every row; null: nothing at the top level does. */
  eventType: Column | { constant: string } | null;
  /** A fixed order of rows, the cursor first; empty: there is no such order. */
  order: Column[];
}

/** Leaves out whatever map and allow-list do not want: it never leaves the server. Throws SourceFault. */
export function selectColumns<Column extends TableColumn>(
  columns: readonly Column[],
  config: TableConfig,
): TableSelection<Column> {
  const byName = new Map(columns.map((column) => [column.name, column]));
  checkMapped(byName, config);
  const plan = createFieldPlan(config);
  const selected = columns.filter(({ name }) => isSelected(name, plan, config));
  const cursorName = cursorColumnOf(config);
  const order = [cursorName, ...identityColumns(config), fieldOf('received_at', config)].map((name) =>
    name === null ? undefined : byName.get(name),
  );
  return {
    columns: selected,
    names: new Set(selected.map(({ name }) => name).filter((name) => isName(name, plan, config))),
    instants: new Set(selected.map(({ name }) => name).filter((name) => isInstant(name, plan, config))),
    cursor: cursorName === null ? null : present(byName, cursorName, config),
    eventType: config.dataset === 'events' ? eventTypeOf(byName, config) : null,
    order: [...new Set(order)].filter((column) => column !== undefined),
  };
}

function isSelected(name: string, plan: FieldPlan, config: TableConfig): boolean {
  const { map, allow, dataset } = config;
  if (dataset === 'events' && map.event_id === 'hash-of-row') return true;
  if (plan.topLevel(name).kind !== 'drop') return true;
  const inner = `${name}.`; // of a column that holds an object
  if ([...Object.values(map.columns), ...(allow ?? [])].some((field) => field.startsWith(inner))) return true;
  return (
    dataset !== 'events' && (name === 'environment' || columnsOf(dataset).includes(targetOf(name, config)))
  );
}

const isName = (name: string, plan: FieldPlan, config: TableConfig): boolean => {
  if (config.dataset !== 'events') return datasetOf(config.dataset).key.includes(targetOf(name, config));
  const action = plan.topLevel(name);
  return action.kind === 'column' && EVENT_COLUMNS[action.column].kind === 'text';
};

const isInstant = (name: string, plan: FieldPlan, config: TableConfig): boolean => {
  const action = plan.topLevel(name);
  return (
    config.dataset === 'events' && action.kind === 'column' && EVENT_COLUMNS[action.column].kind === 'instant'
  );
};

function identityColumns(config: TableConfig): string[] {
  if (config.dataset !== 'events') return datasetOf(config.dataset).key.map((name) => fieldOf(name, config));
  return config.map.event_id === 'column' ? [fieldOf('event_id', config)] : [];
}

function eventTypeOf<Column extends TableColumn>(
  byName: ReadonlyMap<string, Column>,
  config: TableConfig,
): Column | { constant: string } | null {
  const constant = config.map.constants['event_type'];
  if (constant !== undefined) return { constant: String(constant) };
  return byName.get(fieldOf('event_type', config)) ?? null;
}

/** What a map names must be there: without it rows would be read as if they had no such value. */
function checkMapped(byName: ReadonlyMap<string, TableColumn>, config: TableConfig): void {
  const required = requiredTargets(config).map((target) => fieldOf(target, config));
  for (const field of [...Object.values(config.map.columns), ...required])
    if (!byName.has(field) && !byName.has(field.split('.', 1)[0] ?? '')) throw drifted(field, config);
  for (const { column } of config.filters) present(byName, column, config);
}

function requiredTargets({ dataset, map }: TableConfig): string[] {
  if (dataset !== 'events') return [...datasetOf(dataset).key].filter((name) => !(name in map.constants));
  const targets = ['event_type', 'ts', ...(map.event_id === 'column' ? ['event_id'] : [])];
  return targets.filter((name) => !(name in map.constants));
}

function present<Column extends TableColumn>(
  byName: ReadonlyMap<string, Column>,
  name: string,
  config: TableConfig,
): Column {
  const column = byName.get(name);
  if (column === undefined) throw drifted(name, config);
  return column;
}

const drifted = (name: string, { table }: TableConfig): SourceFault =>
  new SourceFault(
    'schema-drift',
    `${table} has no column "${name}" that may be read; change the map of the source, or grant the column`,
  );

const fieldOf = (target: string, { map }: TableConfig): string => map.columns[target] ?? target;

function targetOf(name: string, { map }: TableConfig): string {
  const [target] = Object.entries(map.columns).find(([, field]) => field === name) ?? [];
  return target ?? name;
}

const columnsOf = (dataset: Exclude<TableConfig['dataset'], 'events'>): readonly string[] =>
  datasetOf(dataset).columns;

const datasetOf = (dataset: Exclude<TableConfig['dataset'], 'events'>): DimensionDataset =>
  ({ ...DIMENSIONS, ...CONTROL_FEEDS })[dataset];
