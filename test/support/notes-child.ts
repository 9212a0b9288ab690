// Writes annotations without end and prints the id of each once it is saved; waits to be killed.
// Arguments: data folder.
import { openAnnotationService } from '../../main/engine/annotations/annotation-service.ts';
import { aNote } from './notes/notes-folder.ts';

const service = openAnnotationService(process.argv[2] ?? '');
for (let number = 1; ; number++) {
  const { annotationId } = service.create(aNote({ title: `note ${number}` }));
  process.stdout.write(`${annotationId}\n`);
}
