import { createContext, useContext } from 'react';
import type { TileId } from '../state/address.ts';

/** Which tile a chart or table is drawn in; null outside of one. */
export const TileContext = createContext<TileId | null>(null);

export const useTile = (): TileId | null => useContext(TileContext);
