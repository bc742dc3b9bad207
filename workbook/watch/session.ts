import type { Course, Lab } from '../course.ts';
import type { Drill } from '../drills/drill.ts';
import { resetLab } from '../learner-file.ts';
import type { Workbench } from '../runner/workbench.ts';
import type { Verdict } from '../verdict.ts';
import { knownStates, labTable } from './lab-table.ts';
import type { HintLevel } from './report.ts';
import { nextCheck } from './report.ts';
import { courseKeys, screen, type View } from './screen.ts';
import { solutionText } from './solution.ts';

/** What a session needs of a terminal. */
export interface Terminal {
  columns(): number;
  /** Clears the screen and writes this. */
  show(text: string): void;
}

/** One learner at one terminal: verdicts and keys come in, the screen is drawn. */
export class WatchSession {
  readonly #workbench: Workbench;
  readonly #terminal: Terminal;
  readonly #onQuit: () => void;
  readonly #drill: Drill | undefined;
  readonly #actions: Record<string, () => void> = {
    h: () => this.#change({ hints: Math.min(2, this.#view.hints + 1) as HintLevel }),
    n: () => this.#goTo(nextUnfinished(this.#course, this.#view)),
    r: () => this.#change({ asksReset: true }),
    s: () => this.#showPage(solutionText(this.#view.lab)),
    l: () => this.#showPage(labTable(this.#course, this.#workbench.progress)),
  };
  #view: View;
  /** A page shown instead of the screen, until the next key. */
  #page: string | undefined;

  constructor(workbench: Workbench, lab: Lab, terminal: Terminal, onQuit: () => void, drill?: Drill) {
    this.#workbench = workbench;
    this.#terminal = terminal;
    this.#onQuit = onQuit;
    this.#drill = drill;
    this.#view = this.#viewOf(lab);
    workbench.on('checking', this.#onChecking).on('verdict', this.#onVerdict);
  }

  /** Draws the screen and judges the lab. */
  open(): void {
    this.draw();
    void this.#workbench.judge(this.#view.lab);
  }

  /** Hears no more of the workbench. */
  close(): void {
    this.#workbench.off('checking', this.#onChecking).off('verdict', this.#onVerdict);
  }

  draw(): void {
    this.#terminal.show(this.#page ?? screen(this.#view, this.#terminal.columns()));
  }

  /** Time has passed. A page that is being read stays where it is. */
  tick(): void {
    if (this.#page === undefined) this.draw();
  }

  key(key: string): void {
    this.#view = { ...this.#view, note: undefined };
    if (key === 'q') this.#onQuit();
    else if (this.#page !== undefined) this.#closePage();
    else if (this.#view.asksReset) this.#answerReset(key === 'y');
    else if (!(this.#drill && courseKeys.has(key))) this.#actions[key]?.();
  }

  get #course(): Course {
    return this.#workbench.course;
  }

  #answerReset(yes: boolean): void {
    const backup = yes ? resetLab(this.#course, this.#view.lab) : undefined;
    this.#change({ asksReset: false, note: backup && `Your file is kept as ${backup}.` });
  }

  readonly #onChecking = ({ lab }: { lab: string }): void => {
    if (this.#isCurrent(lab)) this.#change({ checking: true });
  };

  readonly #onVerdict = ({ verdict }: { verdict: Verdict }): void => {
    const states = knownStates(this.#course, this.#workbench.progress);
    if (!this.#isCurrent(verdict.lab)) {
      this.#change({ states });
      return;
    }
    const before = this.#view.verdict && nextCheck(this.#view.verdict)?.title;
    const sameCheck = before === nextCheck(verdict)?.title;
    this.#change({ states, verdict, checking: false, hints: sameCheck ? this.#view.hints : 0 });
  };

  #goTo(lab: Lab): void {
    this.#view = this.#viewOf(lab);
    this.open();
  }

  #showPage(text: string): void {
    this.#page = `${text}\nAny key goes back.\n`;
    this.draw();
  }

  #closePage(): void {
    this.#page = undefined;
    this.draw();
  }

  #change(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    this.draw();
  }

  #isCurrent(id: string): boolean {
    return this.#view.lab.id === id;
  }

  #viewOf(lab: Lab): View {
    return {
      labs: this.#course.labs,
      states: knownStates(this.#course, this.#workbench.progress),
      lab,
      verdict: this.#workbench.verdicts.get(lab.id),
      checking: false,
      hints: 0,
      note: this.#workbench.progress.problem,
      asksReset: false,
      drill: this.#drill,
    };
  }
}

/** The first lab after this one that has not passed, beginning again at the front; else simply the next. */
function nextUnfinished(course: Course, { lab, states }: Pick<View, 'lab' | 'states'>): Lab {
  const at = course.labs.indexOf(lab);
  const after = [...course.labs.slice(at + 1), ...course.labs.slice(0, at)];
  return after.find(({ id }) => states.get(id) !== 'passed') ?? after[0] ?? lab;
}
