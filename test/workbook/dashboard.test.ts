import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Monitor } from '#labs/19-monitoring';
import { Scrape } from '../../workbook/chat/web/status/scrape.ts';
import { workbookRoot } from '../../workbook/course.ts';

const read = (file: string) => readFileSync(join(workbookRoot, 'deploy', file), 'utf8');

/** Labels that Prometheus adds to whatever it scrapes. */
const addedLabels = ['instance', 'job'];

/** The names of metrics and labels in an expression of PromQL. */
function namesIn(expression: string): { metrics: string[]; labels: string[] } {
  const unquoted = expression.replace(/"[^"]*"/g, '""');
  const matchers = [...unquoted.matchAll(/\{([^}]*)\}/g)].flatMap(
    ([, list]) => list.match(/\w+(?=[=!])/g) ?? [],
  );
  const grouped = [...unquoted.matchAll(/\b(?:by|without) *\(([^)]*)\)/g)].flatMap(([, list]) =>
    list.split(',').map((label) => label.trim()),
  );
  const rest = unquoted
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(?:by|without) *\([^)]*\)/g, ' ')
    .replace(/\boffset \w+/g, ' ');
  const words = [...rest.matchAll(/(?<![\w.$])[a-zA-Z_:][\w:]*(?! *\()\b/g)].map(([word]) => word);
  const metrics = words.filter((word) => !['and', 'or', 'unless', 'bool', 'on', 'ignoring'].includes(word));
  return { metrics, labels: [...new Set([...matchers, ...grouped])] };
}

test('names are found in an expression', () => {
  const expression =
    'histogram_quantile(0.99, sum by (le, instance) (rate(a_seconds_bucket{job="b c",x=~"$y"}[5m]))) > 1e3 and d offset 10m < 2';
  expect(namesIn(expression)).toEqual({
    metrics: ['a_seconds_bucket', 'd'],
    labels: ['job', 'x', 'le', 'instance'],
  });
});

/** What Grafana reads of a dashboard, as far as this one has it. */
const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: z.strictObject({ type: z.literal('prometheus'), uid: z.string().regex(/^\$\{datasource\}$/) }),
  expr: z.string().min(1),
  legendFormat: z.string().min(1),
});
const place = z.strictObject({ x: z.int(), y: z.int(), w: z.int().min(1), h: z.int().min(1) });
const row = z.object({ id: z.int(), type: z.literal('row'), title: z.string(), gridPos: place });
const panel = z.object({
  id: z.int(),
  type: z.enum(['timeseries', 'state-timeline']),
  title: z.string().min(1),
  description: z.string().min(1),
  gridPos: place,
  fieldConfig: z.object({
    defaults: z.object({ unit: z.enum(['none', 'ops', 's', 'percentunit', 'bytes', 'Bps']) }),
    overrides: z.array(z.never()),
  }),
  targets: z.array(target).min(1),
});
const variable = z.object({
  name: z.string(),
  type: z.enum(['datasource', 'query']),
  query: z.union([z.string(), z.object({ query: z.string() })]),
});
const dashboard = z.object({
  uid: z.string().max(40),
  title: z.string().min(1),
  // The classic model. Grafana brings an older one up to date by itself.
  schemaVersion: z.literal(39),
  refresh: z.string(),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.object({ list: z.array(z.object({ expr: z.string() })) }),
  panels: z.array(z.discriminatedUnion('type', [row, panel])),
});

describe('the Grafana dashboard', () => {
  const board = dashboard.parse(JSON.parse(read('grafana-dashboard.json')));
  const panels = board.panels.filter((each) => each.type !== 'row');

  test('ids are unique, of panels and of each panel’s queries', () => {
    const ids = board.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, targets } of panels) {
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
    }
  });

  test('panels lie side by side on 24 columns, and none on another', () => {
    const taken = new Set<string>();
    for (const { title, gridPos } of board.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), `${title} at ${x},${y}`).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });

  test('variables that are used are declared', () => {
    const declared = board.templating.list.map(({ name }) => name);
    const used = new Set(
      [...read('grafana-dashboard.json').matchAll(/\$\{?(?!_)(\w+)/g)].map(([, name]) => name),
    );
    expect([...used].sort()).toEqual(declared.sort());
  });

  test('every expression asks for what a scrape has', () => {
    const variables = board.templating.list
      .map(({ query }) => (typeof query === 'string' ? undefined : query.query))
      .filter((query) => query !== undefined);
    expect(variables).toEqual(['label_values(chat_connections, instance)']);
    const asked = [
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...board.annotations.list.map(({ expr }) => expr),
    ];
    for (const expression of asked) expectScraped(expression);
  });

  test('every metric of the chat is on it', () => {
    const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => namesIn(expr).metrics));
    const families = new Set([...labelsOf.keys()].filter((name) => !/_(sum|count)$/.test(name)));
    // When a process began is on it as an annotation: a line where it restarts.
    families.delete('process_start_time_seconds');
    expect([...new Set(asked)].sort()).toEqual([...families].sort());
  });
});

describe('the alerts', () => {
  const rules = [...read('prometheus-alerts.yml').matchAll(/- alert: (\w+)\n +expr: (.+)\n/g)];

  test('each asks for what a scrape has', () => {
    expect(rules).not.toEqual([]);
    expect(rules).toHaveLength(read('prometheus-alerts.yml').split('- alert:').length - 1);
    for (const [, , expression] of rules) expectScraped(expression);
  });

  test('Prometheus is told where they are, and the chapter has each', () => {
    expect(read('prometheus.yml')).toContain('- prometheus-alerts.yml');
    const chapter = readFileSync(join(workbookRoot, 'docs/scaling/monitoring.md'), 'utf8');
    for (const [, name] of rules) expect.soft(chapter, name).toContain(`\`${name}\``);
  });
});

/** The labels of every series that a new server tells, by name. */
const labelsOf = new Map<string, Set<string>>();

beforeAll(async () => {
  const monitor = new Monitor();
  const { samples } = new Scrape(await monitor.render());
  monitor.stop();
  for (const { name, labels } of samples) {
    const known = labelsOf.get(name) ?? new Set(addedLabels);
    for (const label of Object.keys(labels)) known.add(label);
    labelsOf.set(name, known);
  }
});

/** `up` is Prometheus' own: whether a scrape was answered. */
function expectScraped(expression: string): void {
  const { metrics, labels } = namesIn(expression);
  expect(metrics, expression).not.toEqual([]);
  const known = new Set(metrics.flatMap((name) => [...(labelsOf.get(name) ?? addedLabels)]));
  for (const name of metrics) if (name !== 'up') expect([...labelsOf.keys()], expression).toContain(name);
  for (const label of labels) expect([...known], expression).toContain(label);
}
