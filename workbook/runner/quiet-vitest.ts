import type { TestProjectInlineConfiguration } from 'vitest/config';
import { createVitest, type Reporter, type TestSpecification, type Vitest } from 'vitest/node';

/** A vitest of one project that prints nothing and runs what it is asked to, again and again. */
export class QuietVitest {
  readonly #vitest: Vitest;
  readonly #specifications: TestSpecification[];

  constructor(vitest: Vitest, specifications: TestSpecification[]) {
    this.#vitest = vitest;
    this.#specifications = specifications;
  }

  /** `runner`: the path of a vitest runner of ours. `onPrint` hears what the checked code prints. */
  static async open(
    project: TestProjectInlineConfiguration,
    { runner, onPrint = () => {} }: { runner?: string; onPrint?: (text: string) => void } = {},
  ): Promise<QuietVitest> {
    const { test, ...vite } = project;
    const reporter: Reporter = { onUserConsoleLog: ({ content }) => onPrint(content) };
    const vitest = await createVitest(
      'test',
      { ...test, name: undefined, config: false, watch: false, cache: false, runner, reporters: [reporter] },
      vite,
    );
    return new QuietVitest(vitest, await vitest.globTestSpecifications());
  }

  /** Runs every test file of the project afresh: files may have changed since the last run. */
  async run(): Promise<Awaited<ReturnType<Vitest['runTestSpecifications']>>> {
    for (const { moduleGraph } of Object.values(this.#vitest.vite.environments)) moduleGraph.invalidateAll();
    return this.#vitest.runTestSpecifications(this.#specifications);
  }

  /** Loads the test files among `files` and runs none of their tests. */
  async collect(files: string[]): Promise<Awaited<ReturnType<Vitest['collectTests']>>> {
    const wanted = this.#specifications.filter(({ moduleId }) => files.includes(moduleId));
    return this.#vitest.collectTests(wanted);
  }

  async close(): Promise<void> {
    await this.#vitest.close();
  }
}
