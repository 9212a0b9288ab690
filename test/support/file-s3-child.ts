// A small S3 of the files of one folder, for measurements. Arguments: the folder. Prints its port.
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const [folder = '.'] = process.argv.slice(2);

function listing(): string {
  const contents = readdirSync(folder).map((name) => {
    const { size, mtimeMs } = statSync(path.join(folder, name));
    return `<Contents><Key>${name}</Key><ETag>"${mtimeMs}"</ETag><Size>${size}</Size></Contents>`;
  });
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.searchParams.get('list-type') === '2') {
    const body = listing();
    response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
    response.end(body);
    return;
  }
  const file = path.join(folder, path.basename(decodeURIComponent(url.pathname)));
  const { size, mtimeMs } = statSync(file);
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const start = Number(range?.[1] ?? 0);
  const end = Number(range?.[2] ?? size - 1);
  response.writeHead(range === null ? 200 : 206, {
    etag: `"${mtimeMs}"`,
    'content-length': end - start + 1,
    ...(range === null ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file, { start, end, highWaterMark: 1 << 18 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
process.on('disconnect', () => process.exit(0));
