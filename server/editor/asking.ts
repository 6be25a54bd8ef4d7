/** How a question is asked. */
export interface QuestionManner {
  /** What is typed is not shown, and not kept. */
  readonly isHidden?: boolean
  /** Each line is an answer, until the question ends. */
  readonly isRepeated?: boolean
}

interface Question extends QuestionManner {
  readonly text: string
  /** It waits for its answer. */
  isOpen: boolean
}

/**
 * What stands before the line: the usual prompt, or a question. The line that was begun before a question comes back after it;
 * what was typed as an answer that nobody wants any more does not become a line of talk.
 */
export class Asking {
  #prompt = ''
  #question: Question | undefined
  /** The line that was begun before the question. */
  #begun = ''

  get prompt(): string {
    const question = this.#question
    return question === undefined ? this.#prompt : question.isOpen ? question.text : ''
  }

  set usual(prompt: string) {
    this.#prompt = prompt
  }

  /** Whether the line is an answer: it has no history and no completion. */
  get isQuestion(): boolean {
    return this.#question !== undefined
  }

  /** Whether each line is an answer. */
  get isRepeated(): boolean {
    return this.#question?.isRepeated ?? false
  }

  get isHidden(): boolean {
    return this.#question?.isHidden ?? false
  }

  /** Asks a question while this line stands in the editor. Answers the line that is to stand there. */
  ask(text: string, manner: QuestionManner, line: string): string {
    const before = this.#question
    this.#question = { ...manner, text, isOpen: true }
    if (before === undefined) {
      this.#begun = line
      return ''
    }
    // What was typed since the last answer is meant for this question; but nothing hidden may become visible.
    return before.isOpen || (before.isHidden && !this.isHidden) ? '' : line
  }

  /** A line was entered. */
  entered(): void {
    if (this.#question && !this.#question.isRepeated) this.#question.isOpen = false
  }

  /** There is no question any more. Answers the line that is to stand in the editor. */
  end(line: string): string {
    const question = this.#question
    const begun = this.#begun
    this.#question = undefined
    this.#begun = ''
    // What was typed since the last answer is meant for what comes next.
    return question?.isOpen || question?.isHidden ? begun : begun + line
  }
}
