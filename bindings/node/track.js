#!/usr/bin/env node
// usage: node track.js --address HOST:PORT FRAMES.jsonl
//
// Replays recorded requests and prints the faces. FRAMES.jsonl holds one TrackRequest a line, in
// protobuf's JSON: Open first, then frames. ../README.md says what is printed.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { openSession } from './vrface.js';

async function main() {
  const { values, positionals } = parseArgs({
    options: { address: { type: 'string', default: 'localhost:50515' } },
    allowPositionals: true,
  });
  if (positionals.length !== 1) throw new Error('usage: track.js --address HOST:PORT FRAMES.jsonl');
  const lines = readFileSync(positionals[0], 'utf8').split('\n').filter(Boolean);
  const [first, ...requests] = lines.map((line) => JSON.parse(line));
  if (!first?.open) throw new Error(`${positionals[0]}: the first line is no Open.`);

  const session = await openSession(values.address, first.open);
  print({ names: session.names, extras: session.extras });
  for (const request of requests) {
    if (request.frame) print(told(await session.step(request.frame)));
    else session.send(request);
  }
  await session.close();
  for (const { text, advice } of session.notices) console.error(text, advice);
}

function told(face) {
  const { status, frameTimeNs, sampleTimeNs, weights, stddev, source, confidence, gaze } = face;
  return {
    sequence: Number(face.sequence), frameTimeNs, sampleTimeNs, status,
    weights, stddev, source: [...source], confidence, gaze,
  };
}

// JSON has no NaN: what has no value is null.
function print(line) {
  console.log(JSON.stringify(line));
}

main().catch((error) => {
  console.error(`track.js: ${error.message}`);
  process.exitCode = 1;
});
