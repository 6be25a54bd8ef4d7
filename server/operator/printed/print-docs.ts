import { writeFileSync } from 'node:fs'
import { printed } from './printed.ts'

// `npm run docs`: writes everything that is printed from code.
for (const [path, print] of Object.entries(printed)) writeFileSync(path, print())
