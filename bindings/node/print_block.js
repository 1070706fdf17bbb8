// Prints frame blocks as JSON lines: of files that hold one each, or with --udp PORT as they arrive.

import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import { parse } from './frame_block.js';

function print(bytes) {
  const found = parse(bytes);
  console.log(
    JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  );
}

const [first, ...others] = process.argv.slice(2);
if (first === '--udp') {
  const socket = dgram.createSocket('udp4').on('message', print);
  socket.on('listening', () => console.error(`listening on ${socket.address().port}`));
  socket.bind(Number(others[0]), '127.0.0.1');
} else if (first) {
  for (const file of [first, ...others]) print(readFileSync(file));
} else {
  console.error('usage: node print_block.js FILE... | --udp PORT');
  process.exit(2);
}
