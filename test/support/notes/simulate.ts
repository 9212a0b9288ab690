import type { Annotation } from '../../../shared/annotations/annotation.ts';
import type { AnnotationView } from '../../../shared/annotations/view.ts';
import { AppError } from '../../../shared/errors.ts';
import { ENVIRONMENT, SimulatedDevice } from './device.ts';
import { putHostile } from './hostile.ts';
import type { History, Step, WriteStep } from './history.ts';
import { judge } from './judge.ts';
import { RemoteWorld } from './remote-world.ts';
import type { Run } from './run.ts';
import { smallRandom } from './small-random.ts';

const USERS = ['usr_a41', 'usr_b52'];
const target = { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null };
const STATUSES = ['note', 'action', 'outcome'] as const;

/** Runs a history to its end and until everything has reached everyone; returns what went wrong, if anything. */
export async function failuresOf(history: History): Promise<string[]> {
  const random = smallRandom(history.seed);
  const world = new RemoteWorld(history.mode);
  const run: Run = {
    devices: [],
    world,
    texts: [],
    deletions: [],
    redactedUsers: new Set(),
    lost: new Set(),
    touched: new Set(),
    random,
    step: 0,
    textNumber: 0,
  };
  for (let at = 0; at < history.devices; at++)
    run.devices.push(new SimulatedDevice(`device-${at}`, world, random, () => run.step));
  try {
    await share(run, history.shared);
    for (const step of history.steps) {
      run.step++;
      await take(run, step);
    }
    await settle(run);
    return judge(run);
  } finally {
    for (const device of run.devices) await device.service.close();
  }
}

async function share(run: Run, annotations: number): Promise<void> {
  const what = { kind: 'write', device: 0, what: 'create', pick: 0, isStale: false, names: null } as const;
  for (let at = 0; at < annotations; at++) write(run, run.devices[0]!, what);
  if (annotations > 0) await settle(run);
  for (const device of run.devices) device.takeLook();
}

async function take(run: Run, step: Step): Promise<void> {
  if (step.kind === 'hostile') {
    for (const id of putHostile(run.world, step, run.random)) run.touched.add(id);
    return;
  }
  const device = run.devices[step.device % run.devices.length]!;
  switch (step.kind) {
    case 'write': {
      write(run, device, step);
      return;
    }
    case 'sync':
      return sync(run, device, step);
    case 'look': {
      device.takeLook();
      return;
    }
    case 'clock':
      device.offMs = step.offMs;
      return;
    case 'backup':
      device.backup = device.copy();
      return;
    case 'restart':
      return device.startFrom(device.copy());
    case 'restore':
      return restore(run, device);
    case 'redact': {
      redact(run, device, USERS[step.user]!);
      return;
    }
  }
}

/** A refusal is an answer, too: there was nothing to resolve, or the reply is gone. */
function write(run: Run, device: SimulatedDevice, step: WriteStep): void {
  if (!step.isStale) device.takeLook();
  const known = device.known();
  try {
    const done = perform(run, device, step);
    if (done !== null) note(run, device, { known, look: device.look.read, annotationId: done });
  } catch (error) {
    if (!(error instanceof AppError) || !['not-found', 'conflict'].includes(error.code)) throw error;
  }
}

function textFor(run: Run, device: SimulatedDevice, { names }: WriteStep): string {
  const user = names === null ? undefined : USERS[names];
  const isAllowed = user !== undefined && !device.refusedUsers.has(user);
  return `text ${++run.textNumber}${isAllowed ? ` about ${user}.` : ''}`;
}

/** The id of the annotation that was written to; null where there is none. */
function perform(run: Run, device: SimulatedDevice, step: WriteStep): string | null {
  const { service } = device;
  const environment = ENVIRONMENT;
  if (step.what === 'create') {
    const title = textFor(run, device, step);
    const body = textFor(run, device, step);
    return service.create({ environment, target, anchor: { kind: 'view' }, title, body }).annotationId;
  }
  const shown = chosen(candidates(device, step.what), step.pick);
  if (shown === undefined) return null;
  const { annotationId } = shown;
  const aim = { environment, annotationId };
  const reply = chosen(shown.replies, Math.floor(step.pick / 3));
  switch (step.what) {
    case 'edit-title':
      service.edit({ ...aim, title: textFor(run, device, step), seen: { title: idsIn(shown.title) } });
      return annotationId;
    case 'edit-body':
      service.edit({ ...aim, body: textFor(run, device, step), seen: { body: idsIn(shown.body) } });
      return annotationId;
    case 'edit-reply':
      if (reply === undefined) return null;
      service.edit({
        ...aim,
        replyId: reply.replyId,
        body: textFor(run, device, step),
        seen: { body: idsIn(reply.body) },
      });
      return annotationId;
    case 'edit-tags':
      service.edit({ ...aim, tags: [`tag-${step.pick}`] });
      return annotationId;
    case 'status':
      service.setStatus({ ...aim, status: chosen(STATUSES, step.pick)!, actionAt: '2026-11-10T00:00:00Z' });
      return annotationId;
    case 'reply':
      service.reply({ ...aim, body: textFor(run, device, step) });
      return annotationId;
    case 'delete':
      service.delete({ ...aim, seen: textsIn(shown) });
      return annotationId;
    case 'delete-reply':
      if (reply === undefined) return null;
      service.delete({ ...aim, replyId: reply.replyId, seen: idsIn(reply.body) });
      return annotationId;
    case 'restore':
      service.restore(aim);
      return annotationId;
    case 'resolve':
      return resolve(run, device, { step, shown });
    case 'undo':
      return undo(device, step, annotationId);
  }
}

/** What a person would do this to: conflicts are resolved, deleted annotations restored, visible ones changed. */
function candidates({ look }: SimulatedDevice, what: WriteStep['what']): AnnotationView[] {
  const all = [...look.annotations.values()];
  if (what === 'resolve') return all.filter(({ hasConflict }) => hasConflict);
  return what === 'restore' ? all.filter(({ deletion }) => deletion !== null) : all;
}

function resolve(
  run: Run,
  device: SimulatedDevice,
  { step, shown }: { step: WriteStep; shown: AnnotationView },
): string | null {
  const { annotationId } = shown;
  const reply = shown.replies.find(({ body }) => body.isConflict);
  const field = shown.title.isConflict ? 'title' : 'body';
  const state = reply === undefined ? shown[field] : reply.body;
  if (!state.isConflict) return null;
  device.service.resolve({
    environment: ENVIRONMENT,
    annotationId,
    field: reply === undefined ? field : 'body',
    text: textFor(run, device, step),
    seen: idsIn(state),
    ...(reply === undefined ? {} : { replyId: reply.replyId }),
  });
  return annotationId;
}

/** Undoes with everything in sight: the person looks at what they take back. */
function undo(device: SimulatedDevice, { pick }: WriteStep, annotationId: string): string | null {
  const own = device.service
    .history(ENVIRONMENT, annotationId)
    .filter((operation) => operation.device === device.store.device && operation.kind !== 'redact');
  const operation = chosen(own, pick);
  if (operation === undefined) return null;
  device.takeLook();
  device.service.undo({ environment: ENVIRONMENT, undoes: operation.op_id });
  return annotationId;
}

interface Noted {
  known: ReadonlySet<string>;
  look: ReadonlySet<string>;
  annotationId: string;
}

/** Writes down the operation that a command came to, with what its writer had in front of them. */
function note(run: Run, device: SimulatedDevice, { known, look, annotationId }: Noted): void {
  for (const operation of device.service.history(ENVIRONMENT, annotationId)) {
    const { op_id: opId, kind } = operation;
    if (known.has(opId) || kind === 'redact') continue;
    const fields = operation.fields as { title?: string; body?: string; reply_id?: string };
    const replyId = kind === 'reply' ? opId : (fields.reply_id ?? null);
    if (kind === 'delete' || kind === 'restore') {
      const isDeletion = kind === 'delete';
      const past = isDeletion ? look : known;
      run.deletions.push({ opId, annotationId, replyId, isDeletion, past, known, hlc: operation.hlc });
      continue;
    }
    for (const field of ['title', 'body'] as const) {
      const text = fields[field];
      if (text === undefined) continue;
      run.texts.push({
        opId,
        annotationId,
        field: replyId === null ? field : `reply:${replyId}`,
        text,
        past: look,
      });
    }
  }
}

async function sync(run: Run, device: SimulatedDevice, step: Step & { kind: 'sync' }): Promise<void> {
  device.trouble = { fault: step.fault, isDelayed: step.isDelayed, random: run.random };
  const [remote] = device.service.remotes();
  try {
    await device.service[step.pullOnly ? 'pull' : 'push'](remote!.remoteId);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'source-unreachable') throw error;
  } finally {
    device.trouble = null;
  }
}

/** What was written since the backup and has reached nobody is gone; deletion requests are obeyed again. */
async function restore(run: Run, device: SimulatedDevice): Promise<void> {
  const before = device.known();
  await device.startFrom(device.backup);
  const after = device.known();
  for (const opId of before) {
    const isElsewhere =
      run.world.holds(opId) || run.devices.some((other) => other !== device && other.known().has(opId));
    if (!after.has(opId) && !isElsewhere) run.lost.add(opId);
  }
  for (const userId of device.refusedUsers) device.service.redactUser({ userId, requestId: 'again' });
  device.takeLook();
}

function redact(run: Run, device: SimulatedDevice, userId: string): void {
  device.refusedUsers.add(userId);
  run.redactedUsers.add(userId);
  device.service.redactUser({ userId, requestId: 'request-1' });
}

/** Everybody syncs without faults until nobody has anything left to say. */
async function settle(run: Run): Promise<void> {
  for (let round = 0, quiet = 0; quiet < 2; round++) {
    if (round > 50) throw new Error('the devices never come to rest');
    const before = run.world.objects.length;
    for (const device of run.devices) {
      const [remote] = device.service.remotes();
      await device.service.push(remote!.remoteId);
    }
    quiet = run.world.objects.length === before ? quiet + 1 : 0;
  }
}

const idsIn = ({ versions }: Annotation['body']): string[] => versions.map(({ opId }) => opId);

const textsIn = ({ title, body, replies }: Annotation): string[] =>
  [title, body, ...replies.map((reply) => reply.body)].flatMap(idsIn);

const chosen = <T>(items: readonly T[], pick: number): T | undefined => items[pick % items.length];
