import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { easyPassword } from '../../server/lib/secrets.ts'
import { readClass } from '../../server/operator/cli/class-list.ts'
import { connectMember, connectPerson } from '../process/person.ts'
import { mainFile, temporaryFolder } from '../process/program.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { dataWithDatabase, environment, runCommand, runJson, runRefused, stopServer } from './cli.ts'

t.test('a class gets its accounts, with a server and without', async (t) => {
  const data = temporaryFolder(t)
  const file = join(temporaryFolder(t), 'class.csv')
  const server = await startServer(t, { data, settings: quickSettings })
  const anna = await connectMember(t, server.port, 'anna', 'annas-password')
  anna.type('/create #9a')
  await anna.settle()
  // As a spreadsheet saves it.
  writeFileSync(file, '\ufeffName;Password;Room\r\nbob;;9A\r\ncarl;"carls;""pa\u0308ss";#9b\r\n;;\r\n')
  const { code, stdout } = await runCommand(t, data, ['registeruser', '--file', file, '--channel', '9z'])
  t.equal(code, 0)
  const [head, bob = '', carl = '', ...more] = stdout.trimEnd().split('\n')
  t.equal(head, 'name,number,password,recovery')
  t.match(bob, /^bob,2,[a-z]{4}(-[a-z]{4}){3},[0-9A-Z]{4}(-[0-9A-Z]{4}){4}$/)
  t.match(carl, /^carl,3,"carls;""pa\u0308ss",[0-9A-Z-]{24}$/)
  t.strictSame(more, [])
  await anna.expect('bob joined #9a')
  const [, , first = ''] = bob.split(',')
  const pupil = await connectPerson(t, server.port, {
    lines: [`/login bob ${first}`, 'bobs-new-password', 'bobs-new-password'],
  })
  await pupil.expect('What you type goes to #9a')
  pupil.type('hello from a room that begins with a digit')
  await anna.expect('hello from a room')
  const typed = await connectPerson(t, server.port, { lines: ['/login carl carls;"p\u00e4ss'] })
  await typed.expect('choose your own')
  // The first time only; later it is as for everybody.
  const again = await connectPerson(t, server.port, { lines: ['/login bob bobs-new-password'] })
  await again.expect('What you type goes to #lobby')

  // Nothing at all is done if a line will not do.
  writeFileSync(file, 'dora\nBOB\n7up\ndora,,#x\neva,short\nfritz,,#77\n')
  const refused = await runRefused(t, data, ['registeruser', '--file', file])
  t.match(refused, 'line 4: dora is in line 1 already. Nobody was registered.')
  writeFileSync(file, 'dora\nBOB\n7up\neva,short\nfritz,,#77\n')
  const wrong = await runRefused(t, data, ['registeruser', '--file', file])
  for (const why of [
    'line 2: BOB is taken',
    'line 3: "7up" cannot be a name',
    'line 4: A password has at least 8 characters',
    'line 5: "#77" cannot be a channel',
    'Nobody was registered.',
  ])
    t.match(wrong, why)
  t.match(await runRefused(t, data, ['registeruser']), 'Say a name, or --file')
  t.match(await runRefused(t, data, ['registeruser', 'x', '--file', file]), 'Say a name, or --file')

  t.match((await runCommand(t, data, ['joinuser', '#9c', 'anna', 'bob'])).stdout, 'anna, bob are in #9c now.')
  await anna.expect('joined #9c')
  t.match((await runCommand(t, data, ['joinuser', '9c', 'ANNA'])).stdout, 'All of them are in #9c already.')
  t.match(await runRefused(t, data, ['joinuser', '#9c', 'nobody']), 'There is no account nobody.')
  t.match(await runRefused(t, data, ['joinuser', '#12', 'anna']), '"#12" cannot be a channel')
  anna.type('/ban #9a carl')
  await anna.settle()
  t.match(await runRefused(t, data, ['joinuser', '#9a', 'carl']), 'carl is banned from #9a')
  await stopServer(t, server, [first])

  const many = Array.from({ length: 60 }, (_, index) => `pupil${index},,9d`)
  writeFileSync(file, many.join('\n'))
  const { users } = await runJson(t, data, ['registeruser', '--file', file])
  t.equal((users as unknown[]).length, 60)
  t.match((users as unknown[])[59], { name: 'pupil59', id: 63, room: '#9d', password: String })
  t.match(
    await runRefused(t, data, ['registeruser', '--file', file]),
    '; and 55 more. Nobody was registered.',
  )
  const one = await runCommand(t, data, ['registeruser', 'gus', '--channel', '#9d'], 'guss-password')
  t.match(one.stdout, 'Account gus (#64) created, and is in #9d.')
  const later = await startServer(t, { data, settings: quickSettings })
  const gus = await connectPerson(t, later.port, {
    lines: ['/login gus guss-password', 'a-new-password', 'a-new-password'],
  })
  await gus.expect('What you type goes to #9d')
})

t.test('what is no list ends in one clear line', async (t) => {
  const folder = temporaryFolder(t)
  const refused = async (bytes: string | Buffer) => {
    const file = join(folder, 'x.csv')
    writeFileSync(file, bytes)
    return readClass(file).then(
      () => t.fail('it was taken'),
      (error: Error) => error.message.replace(file, 'x.csv'),
    )
  }
  t.match(
    await refused(Buffer.from('anna\nm\xfcller\n', 'latin1')),
    'x.csv, line 2: it is not UTF-8. Save it',
  )
  t.match(await refused(Buffer.from('\ufeffanna\n', 'utf16le')), 'it is a workbook, or UTF-16')
  t.match(await refused('PK\x03\x04\x14rest'), 'line 1: it is an Excel workbook')
  for (const head of [
    'username,password,room',
    'Vorname;Kennwort;Raum',
    'Vorname,Passwort,Raum',
    'Nom,Mot de passe,Salle',
    'Prénom;Mdp;Classe',
    'Usuario,Contraseña,Sala',
    'nick,pw',
    'username',
    'Schüler;;Raum',
    'Zak,Heslo,Mistnost',
    'Kto,Hasło,Pokój',
  ])
    t.match(await refused(`${head}\nlili,,9a\n`), /line 1: ".+" looks like the head of a column/, head)
  const fine = join(folder, 'fine.csv')
  writeFileSync(fine, 'anna,kennwort7,raum\nuser7,,nick\n')
  t.equal((await readClass(fine)).length, 2, 'somebody with such a word in another place')
  t.match(await refused(''), 'there is nobody in it')
  t.match(await refused('name,password\n'), 'line 1: there is nobody below it')
  t.match(await refused('name,klasse\nanna,9a\n'), 'there is a column "klasse"')
  t.match(await refused('name,name\nanna,9a\n'), 'there are two columns name')
  t.match(await refused('anna,,9a,more\n'), 'there are more fields than name, password, room')
  t.match(await refused(',secret-enough\n'), 'line 1: the name is missing')
  t.match(await refused('anna,"two\nlines"\n'), 'nobody can type that password')
  t.match(await refused('anna\nbo"b\n'), 'line 2: a quote begins or ends in the middle')
  t.match(await refused(Array.from({ length: 2001 }, (_, i) => `p${i}`).join('\n')), 'more than 2000 at once')
  t.match(await refused('a\n'.repeat(600_000)), 'it is too large')
})

t.test('made passwords fit the rules', async (t) => {
  for (const minimum of [1, 8, 19, 20, 40, 72]) {
    const password = easyPassword(minimum)
    t.match(password, /^[a-z]/, 'no spreadsheet takes it for a formula')
    t.ok(password.length >= Math.max(19, minimum) && password.length <= 72, `${password.length}`)
  }
})

t.test('first passwords that cannot be told are not made', async (t) => {
  const data = temporaryFolder(t)
  const file = join(temporaryFolder(t), 'class.csv')
  writeFileSync(file, 'dora,,9a\nemil,,9a\n')
  await runCommand(t, data, ['createsuperuser', 'root'], 'roots-password\nroots-password')
  const register = (output: number) =>
    spawnSync(process.execPath, [mainFile, 'registeruser', '--file', file, '--data', data], {
      stdio: ['ignore', output, 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    })
  for (const [device, said] of [
    ['/dev/null', 'Standard output is closed or /dev/null'],
    ['/dev/full', 'Standard output cannot be written (ENOSPC'],
  ] as const) {
    if (!existsSync(device)) continue
    const output = openSync(device, 'w')
    const { status, stderr } = register(output)
    closeSync(output)
    t.equal(status, 1, device)
    t.ok(stderr.includes(said), stderr)
    t.match(stderr, 'Nobody was registered.')
    t.notMatch(stderr, '    at ', 'no stack')
  }
  const { users } = await runJson(t, data, ['userlist'])
  t.equal((users as unknown[]).length, 1)
})

t.test('a list without end is not read to it', async (t) => {
  const data = await dataWithDatabase(t)
  t.match(await runRefused(t, data, ['registeruser', '--file', '/dev/zero']), 'it is too large for a list')
})
