// A client of the vrface server: sensor frames up, faces down.
//
//     const session = await openSession('localhost:50515', { headsetName: 'mouth_only' });
//     const now = process.hrtime.bigint();
//     const mouth = session.sample('mouth_tracker', now, { jawOpen: 0.3, mouthSmileLeft: 0.1 });
//     const face = await session.step(session.frame(now, [mouth]));
//     console.log(face.weights[session.names.indexOf('browInnerUpLeft')]);
//     await session.close();
//
// An engine neither waits nor queues: it calls `push` with each frame and draws `latest`.
// What every field means stands in proto/vrface/v1; names are as there, in camelCase.
import { fileURLToPath } from 'node:url';

import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTOCOL = 1;
const PROTO = fileURLToPath(new URL('../../proto', import.meta.url));

const OPTIONS = {
  // A proxy of the surroundings has no business between an engine and its face server.
  'grpc.enable_http_proxy': 0,
};

const definition = loadSync('vrface/v1/expression_service.proto', {
  includeDirs: [PROTO],
  longs: String, // 64 bits do not fit a number
  enums: String,
  defaults: true,
  oneofs: true,
});
const { ExpressionService } = grpc.loadPackageDefinition(definition).vrface.v1;

/**
 * A session on the server at `address` ("host:port").
 *
 * `open` is the message Open: `{ headsetName }`, or `{ headsetProfile }` for a headset that the server
 * does not know, `wantStddev`, `window` ... Rejects if no server answers, or with its reason and advice.
 */
export async function openSession(address, open, { timeoutMs = 5000 } = {}) {
  const client = new ExpressionService(address, grpc.credentials.createInsecure(), OPTIONS);
  await new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + timeoutMs, (error) => {
      if (!error) return resolve();
      client.close();
      return reject(new Error(`no server at ${address}. Start one with \`vrface serve\`.`));
    });
  });
  const session = new Session(client, timeoutMs);
  try {
    await session.open(open);
  } catch (error) {
    client.close();
    throw error;
  }
  return session;
}

/** One wearer's stream; made by `openSession`. */
class Session {
  /** The newest face, or null before the first one: an engine's call. */
  latest = null;

  /** What the server had to say, oldest first: { code, text, advice }. */
  notices = [];

  #client;
  #call;
  #timeoutMs;
  #acknowledged = '0';
  #sequence = 0;
  #waiting = new Set();
  #error = null;

  constructor(client, timeoutMs) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
    this.#call = client.Track();
    this.#call.on('data', (response) => this.#receive(response));
    this.#call.on('end', () => this.#stop(new Error('the session has ended.')));
    this.#call.on('error', (error) => this.#stop(errorOf(error)));
  }

  async open(open) {
    this.send({ open: { protocol: PROTOCOL, ...open } });
    const opened = await this.#wait('answer to Open', (response) => response.opened);
    /** Names of a face's weights: the canonical set, then this headset's extras. */
    this.names = [...opened.blendshapes.names, ...opened.extras];
    this.extras = opened.extras;
    /** The headset as the server reads it: its streams, and the order of their channels. */
    this.headset = opened.headset;
    this.opened = opened;
  }

  /** What one stream gave at one instant: values by channel name; a channel left out has no value. */
  sample(streamName, sampleTimeNs, values) {
    const stream = this.headset.streams.findIndex(({ name }) => name === streamName);
    if (stream < 0) throw new Error(unknown('stream', streamName, this.headset.streams.map((s) => s.name)));
    const { channels } = this.headset.streams[stream];
    for (const name of Object.keys(values)) {
      if (!channels.includes(name)) throw new Error(unknown('channel', name, channels));
    }
    const ordered = channels.map((name) => values[name] ?? NaN);
    return { stream, sampleTimeNs: String(sampleTimeNs), values: ordered };
  }

  /** The next frame: all samples since the last one, and the instant the face is wanted for. */
  frame(frameTimeNs, samples) {
    this.#sequence += 1;
    return { sequence: String(this.#sequence), frameTimeNs: String(frameTimeNs), samples };
  }

  /** Hand a frame over and return at once; the newest one wins, its face is `latest`. */
  push(frame) {
    this.send({ frame });
  }

  /**
   * The face of one frame. Send the next frame only then: the server is latest-wins, so of frames that
   * wait there only the newest gets a face, with the samples of those it overtook.
   */
  async step(frame) {
    const wanted = BigInt(frame.sequence);
    this.push(frame);
    return this.#wait(`face for frame ${frame.sequence}`, ({ expression }) =>
      expression && BigInt(expression.sequence) >= wanted ? expression : undefined,
    );
  }

  /** Send any TrackRequest, with the ack that gives the server credit for more faces. */
  send(request) {
    if (this.#error) throw this.#error;
    this.#call.write({ ...request, ack: this.#acknowledged });
  }

  /** Say End and wait until the server has ended the stream. */
  async close() {
    if (!this.#error) {
      this.send({ end: {} });
      this.#call.end();
      await this.#wait('End', (response) => response.end).catch(() => this.#call.cancel());
    }
    this.#client.close();
  }

  #receive(response) {
    if (response.expression) {
      this.#acknowledged = response.expression.sequence;
      this.latest = response.expression;
    } else if (response.notice) {
      this.notices.push(response.notice);
    }
    for (const waiter of this.#waiting) waiter.offer(response);
    if (response.end) this.#stop(new Error(`the session has ended: ${response.end.reason}.`));
  }

  #stop(error) {
    this.#error ??= error;
    for (const waiter of this.#waiting) waiter.fail(this.#error);
  }

  #wait(what, pick) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => waiter.fail(new Error(`no ${what} within ${this.#timeoutMs} ms.`)),
        this.#timeoutMs,
      );
      const settle = (done, value) => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        done(value);
      };
      const waiter = {
        offer: (response) => {
          const found = pick(response);
          if (found) settle(resolve, found);
        },
        fail: (error) => settle(reject, error),
      };
      this.#waiting.add(waiter);
    });
  }
}

/** What the server's status means, with its advice. */
function errorOf(error) {
  const advice = error.metadata?.get('vrface-advice')[0];
  return new Error(advice ? `${error.details} ${advice}` : error.details);
}

function unknown(kind, name, known) {
  return `unknown ${kind} '${name}'; there are ${known.join(', ')}.`;
}
