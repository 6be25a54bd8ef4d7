import t from 'tap'
import { LiveConfig } from '../../server/config/live.ts'
import { parseConfig } from '../../server/config/load.ts'
import { settingPaths } from '../../server/config/settings.ts'

const read = (text: string) => parseConfig(text, 'test.yaml')

t.test('it reads like the configuration it was given', async (t) => {
  const first = read('limits: {burst: 7}')
  t.same(structuredClone({ ...new LiveConfig(first).config, limits: { ...first.limits } }), {
    ...first,
    limits: { ...first.limits },
  })
  t.same(JSON.parse(JSON.stringify(new LiveConfig(first).config)), first)
})

t.test('what was taken from it follows', async (t) => {
  const live = new LiveConfig(read(''))
  const { limits } = live.config
  t.equal(limits.burst, 20)
  t.same(live.replace(read('limits: {burst: 7}\nhistory: {replayLines: 3}')), {
    changed: ['history.replayLines', 'limits.burst'],
    kept: [],
  })
  t.equal(limits.burst, 7)
  t.equal(live.config.history.replayLines, 3)
  t.same(live.replace(read('limits: {burst: 7}\nhistory: {replayLines: 3}')), { changed: [], kept: [] })
})

t.test('what it was given stays as it was', async (t) => {
  const first = read('')
  new LiveConfig(first).replace(read('limits: {burst: 7}'))
  t.same(first, read(''))
})

t.test('what cannot change stays, and is named each time', async (t) => {
  const live = new LiveConfig(read('dataDirectory: here'))
  const next = read(
    'dataDirectory: there\nlisteners: [{port: 23}]\nhttp: {listen: {port: 1}}\nlimits: {burst: 7}\naccounts: {bcryptCost: 12}',
  )
  for (const changed of [['limits.burst'], []]) {
    t.same(live.replace(next), {
      changed,
      kept: ['listeners', 'dataDirectory', 'http.listen', 'accounts.bcryptCost'],
    })
    t.equal(live.config.dataDirectory, 'here')
    t.match(live.config.listeners, [{ port: 6667 }])
    t.same(live.config.http.listen, [])
    t.equal(live.config.accounts.bcryptCost, 10)
    t.equal(live.config.limits.burst, 7)
  }
  t.equal(next.dataDirectory, 'there', 'what was given is not touched')
})

t.test('every setting can be read in it', async (t) => {
  const { config } = new LiveConfig(read(''))
  for (const path of settingPaths()) {
    const value = path.reduce<unknown>((here, part) => (here as Record<PropertyKey, unknown>)[part], config)
    t.not(value, undefined, path.join('.'))
  }
})
