import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type AnnotationService,
  type AnnotationServiceOptions,
  openAnnotationService,
} from '../../../main/engine/annotations/annotation-service.ts';
import type { CreateAnnotation } from '../../../shared/annotations/commands.ts';
import type { Operation } from '../../../shared/annotations/operation.ts';

export const ENVIRONMENT = 'test';
const NOW_MS = Date.parse('2026-11-19T13:32:00Z');

/** Data folders and one shared folder that takes notes, all on a real disk. */
export interface NotesFolder {
  /** Where `annotations/test/ops/` lies. */
  sharedDir: string;
  dataDir: (name: string) => string;
  /** The service of a data folder; with its source registered. Closed by `remove`. */
  open: (name: string, options?: AnnotationServiceOptions) => AnnotationService;
  /** Puts a file below `annotations/test/ops/`. */
  put: (key: string, content: string | Uint8Array) => void;
  /** Files below `annotations/test/ops/`, hidden ones too, sorted. */
  keys: () => string[];
  stored: (key: string) => Operation;
  remove: () => Promise<void>;
}

export function notesFolder(): NotesFolder {
  const root = mkdtempSync(path.join(tmpdir(), 'tidemark-notes-'));
  const sharedDir = path.join(root, 'shared');
  const ops = path.join(sharedDir, 'annotations', ENVIRONMENT, 'ops');
  mkdirSync(sharedDir);
  const opened = new Set<AnnotationService>();
  return {
    sharedDir,
    dataDir: (name) => path.join(root, name),
    open(name, options = {}) {
      const dataDir = path.join(root, name);
      mkdirSync(dataDir, { recursive: true });
      const service = openAnnotationService(dataDir, { wallMs: () => NOW_MS, random: () => 0.5, ...options });
      opened.add(service);
      if (service.remotes().length === 0) addShared(service, sharedDir);
      return service;
    },
    put(key, content) {
      mkdirSync(path.dirname(path.join(ops, key)), { recursive: true });
      writeFileSync(path.join(ops, key), content);
    },
    keys: () =>
      existsSync(ops)
        ? readdirSync(ops, { recursive: true, withFileTypes: true })
            .filter((entry) => !entry.isDirectory())
            .map((entry) => path.relative(ops, path.join(entry.parentPath, entry.name)))
            .sort()
        : [],
    stored: (key) => JSON.parse(readFileSync(path.join(ops, key), 'utf8')) as Operation,
    async remove() {
      for (const service of opened) await service.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const addShared = (service: AnnotationService, sharedDir: string): number =>
  service.addRemote({
    name: 'Shared',
    environment: ENVIRONMENT,
    config: { kind: 'folder', path: sharedDir },
  });

export const pullOf = (service: AnnotationService) => service.pull(service.remotes()[0]!.remoteId);
export const pushOf = (service: AnnotationService) => service.push(service.remotes()[0]!.remoteId);

export const aNote = (fields: Partial<CreateAnnotation> = {}): CreateAnnotation => ({
  environment: ENVIRONMENT,
  target: { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null },
  anchor: { kind: 'range', from: '2026-11-11', to: '2026-11-13' },
  title: 'Prompt hidden',
  body: 'The rating sheet opens before the prompt.',
  ...fields,
});

/** One that a stranger could have put there; `fields` replace its members. */
export const aForeignOperation = (fields: object = {}): Record<string, unknown> => ({
  op_id: '0b0e7c55-1111-4222-8333-123456789abc',
  annotation_id: 'ann_foreign',
  kind: 'create',
  fields: { title: 'From elsewhere', body: 'plain', tags: [], status: 'note' },
  hlc: '001790000000000-0000-dev_far',
  device: 'dev_far',
  author: 'Bo',
  ...fields,
});
