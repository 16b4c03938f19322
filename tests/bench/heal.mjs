// heal.mjs MCPCTL SOCKET [ROUNDS] — how long from the engine's own time stamp of an event to the call by which
// `mcpctl watch` mends it. The daemon talks to the engine through a relay that notes when each changing call
// comes; the faults are made behind its back. One line per kind of fault: median, 99th percentile, longest.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync, mkdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, pause, percentile, until } from './engine.mjs';

const [mcpctl, socketPath, rounds = '100'] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'heal-'));
const relayPath = join(work, 'engine.sock');
const name = 'heal-dev-a';
const now = () => performance.timeOrigin + performance.now();

// The relay: bytes pass as they are.
const calls = [];
const relay = net.createServer((client) => {
  const engine = net.connect(socketPath);
  client.on('data', (bytes) => {
    if (/^(POST|DELETE) /.test(bytes.toString('latin1', 0, 8))) calls.push(now());
  });
  client.pipe(engine).pipe(client);
  client.on('error', () => engine.destroy());
  engine.on('error', () => client.destroy());
});

const engine = (method, path, body) => call({ socketPath }, method, path, body);

const events = [];
http.get({ socketPath, path: '/events' }, (answer) => {
  let rest = '';
  answer.on('data', (bytes) => {
    const lines = (rest + bytes).split('\n');
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) {
      const event = JSON.parse(line);
      events.push({ action: event.Action, at: event.timeNano / 1e6 });
    }
  });
});

const inspect = async () => JSON.parse((await engine('GET', `/containers/${name}/json`)).text);
const alone = async () => JSON.parse((await engine('GET', '/containers/json?all=1')).text).length === 1;
const whole = (c) => c.State?.Running && c.HostConfig.Memory === 64 * 2 ** 20 && c.NetworkSettings.Networks['mcpctl-network'];

const faults = {
  removed: ['destroy', () => engine('DELETE', `/containers/${name}?force=1`)],
  killed: ['die', () => engine('POST', `/containers/${name}/kill`)],
  updated: ['update', () => engine('POST', `/containers/${name}/update`, { Memory: 32 * 2 ** 20, MemorySwap: 32 * 2 ** 20 })],
  disconnected: ['disconnect', () => engine('POST', '/networks/mcpctl-network/disconnect', { Container: name, Force: true })],
};

mkdirSync(join(work, 'manifests'));
writeFileSync(join(work, 'manifests', 'a.yaml'), `apiVersion: mcpctl/v1
kind: McpServer
metadata: {name: a}
spec: {image: "mcpctl/echo:1", resources: {memory: 64Mi}}
---
apiVersion: mcpctl/v1
kind: Profile
metadata: {name: dev}
spec: {servers: [{server: a}]}
`);
await new Promise((resolve) => relay.listen(relayPath, resolve));
const daemon = spawn(mcpctl, ['--host', `unix://${relayPath}`, '--project', 'heal', '--log-level', process.env.LOG_LEVEL ?? 'error', 'watch', join(work, 'manifests'), '--resync', '1h', '--settle-time', '100ms'],
  { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, MCPCTL_LOCK_DIR: join(work, 'lock'), XDG_STATE_HOME: join(work, 'state') } });
try {
  await until(30, async () => whole(await inspect()), 'the server');
  for (const [kind, [action, make]] of Object.entries(faults)) {
    const times = [];
    for (let i = 0; i < +rounds; ++i) {
      await pause(300); // what the last one started is over
      const begun = events.length;
      const { status, text } = await make();
      if (status >= 300) throw new Error(`${kind}: ${status} ${text}`);
      await until(30, () => events.slice(begun).some((event) => event.action === action), `the event ${action}`);
      const { at } = events.slice(begun).find((event) => event.action === action);
      await until(30, () => calls.some((call) => call > at), 'a call');
      times.push(calls.find((call) => call > at) - at);
      await until(30, async () => whole(await inspect()) && (await alone()), `what was ${kind}`);
    }
    times.sort((a, b) => a - b);
    const wait = (p) => percentile(times, p).toFixed(0);
    console.log(`${kind.padEnd(12)} ${times.length} times: median ${wait(50)} ms, p99 ${wait(99)} ms, longest ${wait(100)} ms`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  daemon.kill('SIGTERM');
  await new Promise((resolve) => daemon.on('exit', resolve));
  await engine('DELETE', `/containers/${name}?force=1`);
  rmSync(work, { recursive: true });
  process.exit();
}
