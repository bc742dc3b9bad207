/** A sketch's own process, started by `npm run scenario` with the conditions that say whose labs run. */
import { listenProblem } from '../listen-problem.ts';
import { hostScenario } from './host.ts';
import type { ScenarioName } from './names.ts';
import type { Scenario } from './scenario.ts';

/** Each is loaded alone: the others' libraries need not be there. */
const load: Record<ScenarioName, () => Promise<Scenario>> = {
  feed: async () => (await import('./feed/server.ts')).feed(),
  dashboard: async () => (await import('./dashboard/server.ts')).dashboard(),
  editor: async () => (await import('./editor/server.ts')).editor(),
  game: async () => (await import('./game/server.ts')).game(),
};

const { name, port, host } = JSON.parse(process.argv[2]) as {
  name: ScenarioName;
  port: number;
  host: string;
};
const scenario = await load[name]();
try {
  const hosted = await hostScenario(name, scenario, port, host);
  console.log(`${name}: http://${host === '127.0.0.1' ? 'localhost' : host}:${hosted.port}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => hosted.close().then(() => process.exit(0)));
  }
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(listenProblem(code, host, port) ?? message);
  process.exit(1);
}
