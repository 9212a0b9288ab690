import type { Backend } from '../link/backend.ts';
import { useExportChoice } from '../notes/export-choice.ts';
import { formatAddress, inView } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';
import { useNotice } from '../state/notice-store.ts';
import { answersOf, usePassport } from '../state/passport-store.ts';
import type { TileFacts } from '../state/tile-store.ts';
import { watchTile } from '../views/alerts/watch-tile.ts';
import { copyText } from './copy-text.ts';
import { exportAsCsv, exportOf, type TileExport } from './export/tile-export.ts';
import { drawTile, toPng, toSvgText } from './export/tile-picture.ts';
import { noteExport } from './export/note-export.ts';
import type { TileActionId } from './tile-actions.ts';

/** Does one entry of a tile's menu and says so; nothing it fails at passes in silence. */
export async function runTileAction(action: TileActionId, tile: TileFacts, backend: Backend): Promise<void> {
  try {
    await run(action, tile, backend);
  } catch (error) {
    useNotice.getState().warn(error instanceof Error ? error.message : 'That did not work');
  }
}

async function run(action: TileActionId, tile: TileFacts, backend: Backend): Promise<void> {
  switch (action) {
    case 'picture':
      await copyPicture(tile, backend);
      return;
    case 'svg': {
      const exported = await exportOf(tile, backend);
      const text = await toSvgText(drawTile(tile, exported));
      await noteExport(tile, 'svg', backend);
      download(new Blob([text], { type: 'image/svg+xml' }), `${tile.id}.svg`);
      useNotice.getState().say(`Saved as ${tile.id}.svg${maskNote(exported)}`);
      return;
    }
    case 'csv': {
      const exported = await exportOf(tile, backend);
      await noteExport(tile, 'csv', backend);
      await copyText(exportAsCsv(exported), `CSV copied${maskNote(exported)}`);
      return;
    }
    case 'notes':
      toggleNotes();
      return;
    case 'table':
      toggleTable(tile);
      return;
    case 'watch':
      useNotice.getState().say(await watchTile(tile, backend));
      return;
    case 'passport':
      openPassport(tile);
      return;
    case 'explore':
      openInExplore(tile);
      return;
    case 'spec': {
      const specs = answersOf(tile.questions).map(({ spec }) => spec);
      await copyText(JSON.stringify(specs.length === 1 ? specs[0] : specs, null, 2), 'QuerySpec copied');
      return;
    }
    case 'address': {
      const address = new URL(formatAddress(useAddress.getState().address), location.href).href;
      await copyText(address, 'Address copied');
    }
  }
}

function toggleNotes(): void {
  useExportChoice.getState().toggle();
  const { hasNotes } = useExportChoice.getState();
  useNotice.getState().say(hasNotes ? 'Notes go along with what leaves' : 'Notes stay out of what leaves');
}

export function openPassport({ title, subtitle, questions }: TileFacts): void {
  usePassport.getState().open({ title, value: null, detail: subtitle, answers: answersOf(questions) });
}

function openInExplore({ questions }: TileFacts): void {
  const [first] = answersOf(questions);
  const { address, go } = useAddress.getState();
  if (first !== undefined)
    go({ ...inView(address, 'explore'), explore: { ...address.explore, spec: first.spec } });
}

function toggleTable({ id }: TileFacts): void {
  const { address, go } = useAddress.getState();
  const { tables } = address;
  go({ tables: tables.includes(id) ? tables.filter((each) => each !== id) : [...tables, id] });
}

async function copyPicture(tile: TileFacts, backend: Backend): Promise<void> {
  const exported = await exportOf(tile, backend);
  const png = await toPng(drawTile(tile, exported));
  await noteExport(tile, 'png', backend);
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    useNotice.getState().say(`Picture copied${maskNote(exported)}`);
  } catch {
    // a window that may not write to the clipboard still gets its picture
    download(png, `${tile.id}.png`);
    useNotice.getState().say(`The clipboard is not open; saved as ${tile.id}.png${maskNote(exported)}`);
  }
}

const maskNote = ({ masking: { masked } }: TileExport): string =>
  masked === 0 ? '' : `; small groups left out of ${masked} ${masked === 1 ? 'row' : 'rows'}`;

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
