import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workbookRoot } from './course.ts';

/** A tool of node_modules that is plain JavaScript: run by Node itself, so that it runs the same on Windows. */
export interface Tool {
  /** The npm package. */
  package: string;
  /** Its command, where that is not the package's name. */
  bin?: string;
  args: string[];
}

/**
 * Runs a tool in the workbook's folder and resolves with its exit code. With `onOutput` what it prints goes
 * there; otherwise to the terminal.
 */
export function runTool(tool: Tool, onOutput?: (text: string) => void): Promise<number> {
  return runNode([binPath(tool), ...tool.args], onOutput);
}

/** The same for a script of our own. */
export function runNode(args: string[], onOutput?: (text: string) => void): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: workbookRoot,
    stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  child.stdout?.setEncoding('utf8').on('data', onOutput ?? (() => {}));
  child.stderr?.setEncoding('utf8').on('data', onOutput ?? (() => {}));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? 1));
  });
}

function binPath({ package: name, bin = name }: Tool): string {
  const folder = join(workbookRoot, 'node_modules', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  return join(folder, typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin]);
}
