import { formatCount } from '../../shared/format/numbers.ts';
import type { TileId } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';

interface MoreRowsProps {
  id: TileId;
  hidden: number;
  className: string;
}

/** Leads to the table of a tile, where what the drawing has no room for stands. */
export function MoreRows({ id, hidden, className }: MoreRowsProps) {
  const tables = useAddress(({ address }) => address.tables);
  const go = useAddress((state) => state.go);
  return (
    <button
      type="button"
      className={className}
      title="Show all as a table"
      onClick={() => {
        go({ tables: [...tables, id] });
      }}
    >
      {formatCount(hidden)} more
    </button>
  );
}
