import type { WriteDb } from '../../catalogue/open-db.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { type DictionaryPlace, dictionaryPlace, loadDictionary } from './dictionary-files.ts';
import { EventBatch } from './event-batch.ts';

export interface OpenDictionary {
  column: string;
  place: DictionaryPlace;
  dictionary: ByteDictionary;
}

/** What the writer holds of one environment: its dictionaries, its property names and the batch being filled. */
export class EnvironmentState {
  readonly name: string;
  batch = new EventBatch();
  /** Index = property id: a number for a property's name that lives as long as this object. */
  readonly propertyNames: string[] = [];
  readonly #propertyIds = new Map<string, number>();
  readonly #dictionaries = new Map<string, OpenDictionary>();
  readonly #propertiesByType = new Map<string, Set<string>>();
  readonly #dataDir: string;
  readonly #db: WriteDb;

  constructor(name: string, dataDir: string, db: WriteDb) {
    this.name = name;
    this.#dataDir = dataDir;
    this.#db = db;
  }

  /** Files and the catalogue are UTF-8, so halves of a surrogate pair are the same name as what they become there. */
  propertyId(text: string): number {
    const name = text.toWellFormed();
    const known = this.#propertyIds.get(name);
    if (known !== undefined) return known;
    const id = this.propertyNames.push(name) - 1;
    this.#propertyIds.set(name, id);
    return id;
  }

  /** `event_type`, `user_id`, `locale`, … or `p.<property>`. */
  dictionary(column: string): ByteDictionary {
    return this.#open(column.toWellFormed()).dictionary;
  }

  /** Dictionaries with values that are not committed yet. */
  grownDictionaries(): OpenDictionary[] {
    return [...this.#dictionaries.values()].filter(
      ({ dictionary }) => dictionary.count > dictionary.committedCount,
    );
  }

  /** Names of the properties that an event type has ever carried. The caller adds to it what it accepts. */
  propertiesOf(eventType: string): Set<string> {
    const known = this.#propertiesByType.get(eventType);
    if (known !== undefined) return known;
    const rows = this.#db
      .prepare<[string, string], { property: string }>(
        'SELECT property FROM properties WHERE environment = ? AND event_type = ?',
      )
      .all(this.name, eventType);
    const names = new Set(rows.map(({ property }) => property));
    this.#propertiesByType.set(eventType, names);
    return names;
  }

  #open(column: string): OpenDictionary {
    const known = this.#dictionaries.get(column);
    if (known !== undefined) return known;
    const place = this.#committedPlace(column);
    const opened = {
      column,
      place: place ?? dictionaryPlace(this.name, column),
      dictionary: place === undefined ? new ByteDictionary() : loadDictionary(this.#dataDir, place),
    };
    this.#dictionaries.set(column, opened);
    return opened;
  }

  #committedPlace(column: string): DictionaryPlace | undefined {
    return this.#db
      .prepare<[string, string], DictionaryPlace>(
        `SELECT count, values_bytes AS valuesBytes, values_file AS valuesFile, ends_file AS endsFile
         FROM dictionaries WHERE environment = ? AND column_name = ?`,
      )
      .get(this.name, column);
  }
}
