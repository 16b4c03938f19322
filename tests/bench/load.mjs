// load.mjs MCPCTL SOCKET [SECONDS] [CONTAINERS] [FILES] [CLIENTS] — the daemon under load: FILES manifest files (1,000)
// of which ten change each second, CONTAINERS (300) of which two are harmed each second, CLIENTS (200) that ask its API
// again and again, 20 that take no answer and 20 that listen to events and never read. Then everything has to be as
// declared. Prints what the clients waited for, what failed, and the daemon's memory; and as the floor of this machine in
// this run what they waited for a server that says `ok` and does nothing else.
//
// Needs an engine with the image mcpctl/echo:1 (tests/lab/lab.sh up DIR), and a release build.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, pause, percentile, until } from './engine.mjs';

const [mcpctl, socketPath, seconds = '60', containers = '300', files = '1000', clients = '200'] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'load-'));
const manifests = join(work, 'manifests');
const environment = { ...process.env, DOCKER_HOST: `unix://${socketPath}`, MCPCTL_PROJECT: 'load', MCPCTL_LOCK_DIR: join(work, 'lock'), XDG_STATE_HOME: join(work, 'state') };
const engine = (method, path, body) => call({ socketPath }, method, path, body);
const random = (n) => Math.floor(Math.random() * n);
const instance = () => `load-p-i${random(+containers)}`;

const writeServer = (i, mebibytes) => {
  writeFileSync(join(manifests, '.new'), `apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: s${i}}\nspec: {image: "mcpctl/echo:1", resources: {memory: ${mebibytes}Mi}}\n`);
  renameSync(join(manifests, '.new'), join(manifests, `s${i}.yaml`));
};
mkdirSync(manifests);
for (let i = 0; i < +files; ++i) writeServer(i, 24);
const entries = Array.from({ length: +containers }, (_, i) => `    - {server: s${i}, name: i${i}}\n`).join('');
writeFileSync(join(manifests, 'profile.yaml'), `apiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: p}\nspec:\n  servers:\n${entries}`);

const daemon = spawn(mcpctl, ['watch', manifests, '--listen', '127.0.0.1:0', '--backoff', '200ms', '--backoff-max', '1s', '--log-level', 'info'], { stdio: ['ignore', 'ignore', 'pipe'], env: environment });
let log = '';
daemon.stderr.on('data', (piece) => (log = (log + piece).slice(-100000)));
const resident = () => +/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'latin1'))[1] / 1024;
const declared = () => {
  const plan = JSON.parse(execFileSync(mcpctl, ['plan', manifests, '-o', 'json'], { env: environment, maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] }));
  return plan.steps.length === 0;
};

const floorServer = spawn(process.execPath, ['-e', 'require("http").createServer((_, answer) => answer.end("ok")).listen(0, "127.0.0.1", function () { console.log(this.address().port); })'], { stdio: ['ignore', 'pipe', 'inherit'] });
const floor = new Promise((resolve) => floorServer.stdout.once('data', (port) => resolve({ host: '127.0.0.1', port: +port })));

const times = {};
let failures = 0;
let on = true;
const repeat = async (ms, what) => {
  for (; on; await pause(ms)) await what();
};
const harm = () => {
  const name = instance();
  return [
    () => engine('POST', `/containers/${name}/kill`),
    () => engine('DELETE', `/containers/${name}?force=1`),
    () => engine('POST', `/containers/${name}/update`, { Memory: 30 * 2 ** 20, MemorySwap: 30 * 2 ** 20 }),
    () => engine('POST', '/networks/mcpctl-network/disconnect', { Container: name, Force: true }),
  ][random(4)]();
};
const kinds = { healthz: () => '/healthz', metrics: () => '/metrics', status: () => '/api/v1/status', instance: () => `/api/v1/instances/${instance()}`, plan: () => '/api/v1/plan', history: () => '/api/v1/history?limit=5', floor: () => '/' };

try {
  await until(60, () => /answering HTTP at/.test(log), 'the HTTP side');
  const [, host, port] = /answering HTTP at ([\d.]+):(\d+)/.exec(log);
  const api = { host, port: +port };
  await until(1200, async () => (await pause(2000), declared()), 'the declared state');
  const begin = { rss: resident(), at: performance.now() };

  const ask = async () => {
    const kind = Object.keys(kinds)[random(Object.keys(kinds).length)];
    const to = kind === 'floor' ? await floor : api;
    const from = performance.now();
    try {
      const { status } = await call(to, 'GET', kinds[kind]());
      if (status !== 200) throw new Error(`${kind}: ${status}`);
      (times[kind] ??= []).push(performance.now() - from);
    } catch (error) {
      if (++failures < 5) console.error(error.message);
    }
    await pause(500 + random(1000));
  };
  for (let i = 0; i < 40; ++i)
    net.connect({ ...api, onread: undefined }, function () {
      this.pause().write(`GET ${i % 2 ? '/api/v1/events' : '/api/v1/status'} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    }).on('error', () => {});
  let most = begin.rss;
  const running = [
    repeat(100, () => writeServer(random(+files), 20 + random(8))),
    repeat(500, harm),
    repeat(1000, () => (most = Math.max(most, resident()))),
    ...Array.from({ length: +clients }, () => pause(random(1000)).then(() => repeat(0, ask))),
  ];
  await pause(+seconds * 1000);
  on = false;
  await Promise.all(running);
  const calm = performance.now();
  await until(600, async () => (await pause(1000), declared()), 'the declared state after it');

  const { floor: least, ...answers } = times;
  for (const [kind, list] of [...Object.entries(answers), ['all', Object.values(answers).flat()], ['floor', least]]) {
    list.sort((a, b) => a - b);
    const at = (p) => percentile(list, p).toFixed(1);
    console.log(`${kind.padEnd(9)} ${String(list.length).padStart(6)} answers: median ${at(50)} ms, p99 ${at(99)} ms, longest ${at(100)} ms`);
  }
  console.log(`${failures} without an answer of 200; resident ${begin.rss.toFixed(1)} MiB before, ${most.toFixed(1)} most, ${resident().toFixed(1)} after; declared state ${((performance.now() - calm) / 1000).toFixed(0)} s after the last disturbance`);
} catch (error) {
  console.error(error.message, log.slice(-2000));
  process.exitCode = 1;
} finally {
  floorServer.kill();
  daemon.kill('SIGTERM');
  await new Promise((resolve) => daemon.on('exit', resolve));
  execFileSync(mcpctl, ['destroy', '--yes'], { env: environment, stdio: 'ignore' });
  rmSync(work, { recursive: true });
  process.exit();
}
