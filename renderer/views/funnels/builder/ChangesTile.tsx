import { formatCount, formatPoints, formatRate } from '../../../../shared/format/numbers.ts';
import { capitalise } from '../../../state/event-names.ts';
import { DataTable, type DataColumn } from '../../../parts/DataTable.tsx';
import { Tile } from '../../../parts/Tile.tsx';
import type { FunnelStep } from '../columns.ts';
import type { Builder } from './use-builder.ts';

interface ChangeRow {
  key: string;
  name: string;
  /** Entered and got through; of a rule: against the base. */
  entered: string;
  conversion: string;
  isSum: boolean;
  /** The rule changes nothing. */
  isQuiet: boolean;
}

/** What each changed rule does on its own, and all of them together. */
export function ChangesTile({ builder }: { builder: Builder }) {
  const { effects, questions } = builder;
  const rows = rowsOf(builder);
  return (
    <Tile
      id="funnel-changes"
      title="What this edit does"
      subtitle={effects.length > 1 ? 'each rule on its own' : ''}
      summary={rows.map(({ name, conversion }) => `${name} ${conversion}`).join(', ')}
      questions={[
        questions.base,
        questions.draft,
        ...effects.flatMap(({ question }) => (question === null ? [] : [question])),
      ]}
      lateEffect="Events of the last hours are missing on both sides."
      empty={null}
      chart={
        <table className="changes" data-chart-area tabIndex={0}>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">Entered</th>
              <th scope="col">Conversion</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, entered, conversion, isSum, isQuiet }) => (
              <tr key={key} data-sum={isSum} data-quiet={isQuiet} data-row={key}>
                <th scope="row" title={name}>
                  {name}
                </th>
                <td>{entered}</td>
                <td>{conversion}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
      table={
        <DataTable caption="What this edit does" columns={COLUMNS} rows={rows} rowKey={({ key }) => key} />
      }
    />
  );
}

function rowsOf({ baseName, baseSteps, draftSteps, effects }: Builder): ChangeRow[] {
  const whole = (key: string, name: string, steps: FunnelStep[] | null): ChangeRow => ({
    key,
    name,
    entered: steps === null ? '–' : formatCount(steps[0]?.count ?? 0),
    conversion: formatRate(steps?.at(-1)?.fromFirst ?? null),
    isSum: true,
    isQuiet: false,
  });
  return [
    whole('base', capitalise(baseName), baseSteps),
    ...effects.map(({ rule, inWords, definition, steps }): ChangeRow => {
      const entered =
        steps === null || baseSteps === null ? null : (steps[0]?.count ?? 0) - (baseSteps[0]?.count ?? 0);
      const [now, before] = [steps?.at(-1)?.fromFirst ?? null, baseSteps?.at(-1)?.fromFirst ?? null];
      const points = now === null || before === null ? null : now - before;
      return {
        key: rule,
        name: inWords,
        entered: entered === null ? '–' : signedCount(entered),
        conversion: definition === null ? 'not alone' : formatPoints(points),
        isSum: false,
        isQuiet: entered === 0 && points === 0,
      };
    }),
    whole('draft', 'This version', draftSteps),
  ];
}

const signedCount = (count: number): string => (count > 0 ? `+${formatCount(count)}` : formatCount(count));

const COLUMNS: DataColumn<ChangeRow>[] = [
  { key: 'rule', label: 'Rule', isHead: true, text: ({ name }) => name },
  { key: 'entered', label: 'Entered', isNumber: true, text: ({ entered }) => entered },
  { key: 'conversion', label: 'Conversion', isNumber: true, text: ({ conversion }) => conversion },
];
