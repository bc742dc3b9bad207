import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Option } from 'commander';
import { allMessages, fewerMessages } from '../../test/conformance/cases/12-13-compression.ts';
import { allCases } from '../../test/conformance/cases/index.ts';
import type { Case } from '../../test/conformance/suite/case.ts';
import { formatGrid } from '../../test/conformance/suite/grid.ts';
import { conceded, describeFailure, passes, type Report } from '../../test/conformance/suite/report.ts';
import { type CaseResult, runSide } from '../../test/conformance/suite/run-side.ts';
import { select } from '../../test/conformance/suite/select.ts';
import type { Subject } from '../../test/conformance/suite/subject.ts';
import { labSubjects, wsSubjects } from '../../test/conformance/suite/subjects.ts';
import { formatWhose } from '../chat/whose.ts';
import { commandLine, currentCourse, usageError } from '../command-line.ts';
import { type Course, hasStub, type Lab } from '../course.ts';

interface Flags {
  mine?: boolean;
  case: string[];
  against?: 'labs' | 'ws';
  full?: boolean;
  json?: boolean;
}

/** Labs 01 to 07 are the connection that is tested. */
const lastLab = '07';

await commandLine(
  'npm run conformance --',
  'The public conformance cases, over real sockets: against the labs, and against ws as the control.',
)
  .option('--mine', 'on your files for labs 01 to 07; the reference for those you have not finished')
  .option('--case <number>', 'only these, as in 5.19, 6.4 or 1.2.*; repeatable', collect, [])
  .addOption(new Option('--against <what>', 'only these').choices(['labs', 'ws']))
  .option('--full', 'all 1,000 messages in each case of groups 12 and 13: some 40 GiB, many minutes')
  .option('--json', 'one JSON document')
  .action(run)
  .parseAsync();

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function run({ mine = false, case: patterns, against, full = false, json = false }: Flags) {
  const course = currentCourse();
  const messages = full ? allMessages : fewerMessages;
  const cases = select(allCases(messages), patterns);
  if (cases.length === 0) usageError(`There is no case ${patterns.join(', ')}. They have numbers as 5.19.`);
  const labs = mine ? finishedLabs(course) : [];
  if (mine && labs.length === 0) usageError('None of your labs 01 to 07 is finished yet.');
  if (mine && !json) console.log(`${formatWhose(course, labs)}\n`);

  const subjects = [
    ...(against === 'ws' ? [] : labSubjects(course, labs)),
    ...(against === 'labs' || mine ? [] : wsSubjects()),
  ];
  const results = new Map<Subject, Map<string, CaseResult>>();
  const sides: Report['sides'] = [];
  for (const subject of subjects) {
    const start = performance.now();
    const byId = new Map<string, CaseResult>();
    results.set(subject, byId);
    await runSide(subject, cases, (result) => {
      byId.set(result.test.id, result);
      progress(`${subject.name}: ${byId.size} of ${cases.length}`);
    });
    progress('');
    sides.push({ name: subject.name, seconds: (performance.now() - start) / 1000 });
  }

  const report: Report = {
    node: process.versions.node,
    ws: wsVersion(),
    messages: messages.messages,
    sides,
    cases: cases.map((test) => reported(test, results)),
  };
  if (json) console.log(JSON.stringify(report, null, 2));
  else print(report, cases, results);
  // The control is judged only when it is alone.
  const judged = subjects.filter(({ name }) => against === 'ws' || name.startsWith('labs'));
  const failed = judged.some((subject) =>
    [...(results.get(subject)?.values() ?? [])].some(({ test, verdict }) => !passes(test.id, verdict)),
  );
  process.exitCode = failed ? 1 : 0;
}

/** Those of the learner's labs that are written: a stub would fail every case. */
function finishedLabs(course: Course): Lab[] {
  const isFinished = (lab: Lab) =>
    hasStub(lab) && !readFileSync(lab.stub, 'utf8').includes('new Unfinished(');
  return course.labs.filter((lab) => lab.number <= lastLab && isFinished(lab));
}

function wsVersion(): string {
  const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string };
  return version;
}

function reported(
  { id, title }: Case,
  results: Map<Subject, Map<string, CaseResult>>,
): Report['cases'][number] {
  const bySide = [...results].flatMap(([{ name }, byId]) => {
    const result = byId.get(id);
    if (!result) return [];
    const { verdict, got } = result;
    return [[name, verdict === 'OK' ? { verdict } : { verdict, got }] as const];
  });
  return { id, title, results: Object.fromEntries(bySide) };
}

function print(report: Report, cases: Case[], results: Map<Subject, Map<string, CaseResult>>): void {
  const count = report.messages.toLocaleString('en');
  console.log(formatGrid(report));
  console.log(`\n${cases.length} cases. Those of groups 12 and 13 send up to ${count} messages each.`);
  for (const [{ name }, byId] of results) {
    for (const { id } of cases) {
      const result = byId.get(id);
      if (!result || result.verdict === 'OK' || result.verdict === 'INFORMATIONAL') continue;
      const reason = name.startsWith('labs') ? conceded[id] : undefined;
      console.log(`\n${describeFailure(result, name)}${reason ? `\n  known     ${reason}` : ''}`);
    }
  }
}

/** A line for a person who waits, on stderr, written over by the next. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}
