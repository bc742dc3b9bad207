// Starts one of the workbook's commands: `node workbook/run.mjs lab 03`.
// Plain JavaScript that any Node can parse, so that an old Node gets a sentence and not a stack trace.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`websocket-101 needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(2);
}
if (!existsSync(new URL('../node_modules/tsx/package.json', import.meta.url))) {
  console.error('The dependencies are not installed yet. Run: npm ci');
  process.exit(2);
}

const [, , command, ...args] = process.argv;
process.argv = [process.argv[0], `npm run ${command} --`, ...args];
const { register } = await import('tsx/esm/api');
register();
await import(`./commands/${command}.ts`);
