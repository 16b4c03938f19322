// faulty-engine.mjs LOG FAULT... -- PROGRAM ARGUMENT... — runs a program with one thing going wrong between it and the
// engine in DOCKER_HOST. The program finds a relay in its DOCKER_HOST; the exit code is its own, 128 + SIGNAL if a signal
// ended it, and 124 if it did not end within FAULT_DEADLINE seconds (90). FAULT:
//
//   pass                        nothing: only the log
//   kill before|after N         SIGKILL before the N-th call reaches the engine; when the engine has answered it
//   status CODE done|undone N   the N-th call answers CODE, with the engine having done it or not
//   reset done|undone N         its connection ends without an answer
//   timeout done|undone N       it is never answered
//   answer LIE N                it answers LIE (lies.mjs)
//   cut N                       the connection that carries the N-th byte of all answers ends with that byte
//   drip                        answers come byte by byte
//
// Calls that change something (POST, PUT, DELETE) are counted; of `answer` those that read (GET, HEAD).
// LOG gets a line for each call, `NUMBER METHOD PATH` with a number for each of the two kinds, and `struck` where the
// fault came. An upgraded connection (attach, exec) is a call, and passes as bytes.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { tell } from './lies.mjs';

const end = process.argv.indexOf('--');
const [log, kind, ...args] = process.argv.slice(2, end);
const program = process.argv.slice(end + 1);
const enginePath = process.env.DOCKER_HOST.replace('unix://', '');
const folder = mkdtempSync(join(tmpdir(), 'faulty-'));
const relayPath = join(folder, 'engine.sock');
const what = args[0]; // of status and answer
const when = args.at(-2);
const number = Number(args.at(-1));
let child;

const note = (line) => appendFileSync(log, line + '\n');

let struck = false;
function strike() {
  struck = true;
  note('struck');
}

/// Counts a call, and says whether the fault is to come now.
const counts = { changes: 0, reads: 0 };
function isDue({ method, url }) {
  const counted = /^(GET|HEAD)$/.test(method) ? 'reads' : 'changes';
  note(`${++counts[counted]} ${method} ${url}`);
  return counted === (kind === 'answer' ? 'reads' : 'changes') && counts[counted] === number;
}

/// The call as it was sent, with the engine's answer to come.
function forward({ method, url: path, headers }, body, agent) {
  const out = http.request({ socketPath: enginePath, method, path, headers, agent });
  body.pipe(out);
  return out;
}

const agent = new http.Agent({ keepAlive: true });
function pass(request, response) {
  const out = forward(request, request, agent)
    .on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
      response.flushHeaders(); // of a stream that says nothing yet
      answer.on('error', () => response.destroy()).pipe(response);
    })
    .on('error', () => response.destroy());
  response.on('close', () => out.destroy());
}

/// The whole body of the engine's answer. For an upgraded connection: that it answered.
const answerTo = (request, body) =>
  new Promise((resolve) => {
    forward(request, body)
      .on('response', (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces).toString()));
      })
      .on('upgrade', resolve)
      .on('error', resolve);
  });

function answerWith(socket, status) {
  const body = JSON.stringify({ message: 'a fault of the test' });
  socket.end(`HTTP/1.1 ${status} Fault\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
}

async function fail(request, socket, body) {
  socket.on('error', () => {});
  const honest = /^(done|after)$/.test(when) || kind === 'answer' ? await answerTo(request, body) : undefined;
  strike();
  if (kind === 'kill') child.kill('SIGKILL');
  else if (kind === 'status') answerWith(socket, what);
  else if (kind === 'reset') socket.destroy();
  else if (kind === 'answer') tell(what, socket, honest);
}

function upgrade(request, socket, head) {
  socket.unshift(head); // the body, and what follows it
  if (isDue(request)) return fail(request, socket, socket);
  const engine = net.connect({ path: enginePath, allowHalfOpen: true });
  const fields = request.rawHeaders.map((text, i) => text + (i % 2 ? '\r\n' : ': ')).join('');
  engine.write(`${request.method} ${request.url} HTTP/1.1\r\n${fields}\r\n`);
  socket.on('error', () => engine.destroy()).pipe(engine);
  engine.on('error', () => socket.destroy()).pipe(socket);
}

/// What becomes of the bytes of answers; undefined: the connection ends here.
let bytes = 0;
const damage = {
  *cut(piece) {
    const left = number - bytes;
    bytes += piece.length;
    yield struck || bytes < number ? piece : piece.subarray(0, left);
    if (!struck && bytes >= number) {
      strike();
      yield undefined;
    }
  },
  *drip(piece) {
    for (let i = 0; i < piece.length; ++i) yield piece.subarray(i, i + 1);
  },
};

function relayBytes(client) {
  const engine = net.connect({ path: enginePath, allowHalfOpen: true });
  client.on('error', () => engine.destroy()).pipe(engine);
  engine.on('error', () => client.destroy()).on('end', () => client.end());
  let before = Promise.resolve();
  engine.on('data', (all) => {
    before = before.then(async () => {
      for (const piece of damage[kind](all)) {
        if (piece === undefined) return client.destroySoon(), engine.destroy();
        await new Promise((written) => client.write(piece, written));
      }
    });
  });
}

const relay = damage[kind]
  ? net.createServer({ allowHalfOpen: true }, relayBytes)
  : http.createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
      (request, response) => (isDue(request) ? fail(request, request.socket, request) : pass(request, response))).on('upgrade', upgrade);

function quit(code) {
  rmSync(folder, { recursive: true });
  process.exit(code);
}

writeFileSync(log, '');
relay.listen(relayPath, () => {
  child = spawn(program[0], program.slice(1), { stdio: 'inherit', env: { ...process.env, DOCKER_HOST: `unix://${relayPath}` } });
  let late = false;
  setTimeout(() => (late = true) && child.kill('SIGKILL'), 1000 * Number(process.env.FAULT_DEADLINE ?? 90));
  child.on('error', (error) => (console.error(error.message), quit(127)));
  child.on('exit', (code, signal) => quit(late ? 124 : (code ?? 128 + constants.signals[signal])));
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child?.kill(signal));
