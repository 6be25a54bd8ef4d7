import type { LineClient } from '../support/client.ts'
import type { Overrides } from '../support/server.ts'
import { attempt, type Dialect, type Outcome } from './attempt.ts'
import { Scene, type Stage, type State } from './cast.ts'
import type { Sample } from './samples.ts'

/** Tries lines as somebody in one of the states. What works changes what comes next: after it a server is not used again. */
export class Player {
  readonly #stage: Stage
  readonly #state: State
  readonly #directory: () => string
  readonly #config: Overrides
  /** Where nothing has been changed yet. */
  #fresh: { readonly scene: Scene; readonly client: LineClient } | undefined

  /** `directory` names a new one each time. */
  constructor(stage: Stage, state: State, directory: () => string, config: Overrides = {}) {
    this.#stage = stage
    this.#state = state
    this.#directory = directory
    this.#config = config
  }

  /** See `attempt`. */
  async attempt(sample: Sample, dialect: Dialect, told?: Outcome): Promise<Outcome> {
    const { answers, before, config, line } = sample
    // Behind what was refused words could be meant for that, and are not said.
    if (config || !line.startsWith('/')) await this.leave()
    this.#fresh ??= await this.#enter({ ...config, ...this.#config })
    const outcome = await attempt(this.#fresh.client, this.#state, sample, dialect, told)
    // What was refused has changed nothing. Answers that nobody had asked for were talk.
    if (outcome.cell === 'yes' || before || answers || config) await this.leave()
    return outcome
  }

  async #enter(config: Overrides): Promise<{ scene: Scene; client: LineClient }> {
    const scene = await Scene.open(this.#stage, this.#directory(), config)
    try {
      return { scene, client: await scene.enter(this.#state) }
    } catch (error) {
      await scene.close()
      throw error
    }
  }

  async leave(): Promise<void> {
    const { scene } = this.#fresh ?? {}
    this.#fresh = undefined
    await scene?.close()
  }
}
