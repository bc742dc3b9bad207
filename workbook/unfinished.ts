/** Thrown by a stub where the learner's code belongs. Its message names the lab and the function. */
export class Unfinished extends Error {
  override name = 'Unfinished';

  constructor(what: string) {
    super(`${what} is not written yet`);
  }
}
