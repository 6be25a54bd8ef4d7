import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { Browsers, shows, signUp, skip, startWithPage } from './page-browser.ts'
import { Wire } from './wire.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

t.test('a file breaks off in the browser, and goes on', { skip }, async (t) => {
  const server = await startWithPage(t)
  const wire = await Wire.before(t, server)
  const anna = await browsers.open(t, server, { baseURL: `http://127.0.0.1:${wire.port}` })
  await signUp(anna, 'anna')
  const ranges: string[] = []
  anna.on('request', (request) => {
    if (request.method() === 'PUT') ranges.push(request.headers()['content-range'] ?? 'whole')
  })
  const bytes = Buffer.from(Array.from({ length: 1_500_000 }, (_, at) => (at * 7) % 251))
  wire.cutsUp.push(600_000, 400_000)
  await anna
    .locator('input[type=file]')
    .setInputFiles({ name: 'map.bin', mimeType: 'application/octet-stream', buffer: bytes })
  await shows(t, anna.getByText(/broke off at .*; goes on as soon as it can/), 'it says that it broke off')
  const link = anna.getByRole('link', { name: 'map.bin' })
  await shows(t, link, 'and is there in the end')
  const got = anna.waitForEvent('download')
  await link.click()
  const hash = createHash('sha256')
    .update(readFileSync(await (await got).path()))
    .digest('hex')
  t.equal(hash, createHash('sha256').update(bytes).digest('hex'), 'every byte of it')
  t.equal(ranges.length, 3, ranges.join(', '))
  t.ok(
    ranges.slice(1).some((range) => /^bytes [1-9]\d+-1499999\/1500000$/.test(range)),
    'from where it was',
  )
})
